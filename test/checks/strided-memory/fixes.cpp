// RUN: cp %s %t.cpp
// RUN: %check torch-strided-memory %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-strided-memory %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

#include <cstring>

void f(torch::Tensor x, float *out) {
  auto a = x.permute({1, 0});
  // CHECK: {{^}}  auto a = x.permute({1, 0}).contiguous();
  std::memcpy(out, a.data_ptr<float>(), 4);
  torch::Tensor b;
  b = x.select(1, 0);
  // CHECK: {{^}}  b = x.select(1, 0).contiguous();
  std::memcpy(out, b.data_ptr<float>(), 4);
}
void g(const torch::Tensor &x, float *out) {
  auto c = x.contiguous();
  const auto *p = x.data_ptr<float>();
  // CHECK: {{^}}  const auto *p = c.data_ptr<float>();
  f(c.sizes() == x.sizes() ? torch::Tensor() : torch::Tensor(), out + (p == x.data_ptr<float>()));
  // CHECK: {{^}}  f(c.sizes() == x.sizes() ? torch::Tensor() : torch::Tensor(), out + (p == x.data_ptr<float>()));
}
