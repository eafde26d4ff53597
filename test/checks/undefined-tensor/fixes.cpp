// RUN: cp %s %t.cpp
// RUN: %check torch-undefined-tensor %t.cpp --fix
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-undefined-tensor %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

#include <vector>

using torch::Tensor;

Tensor f(Tensor x, int n) {
  std::vector<Tensor> a(n);
  // CHECK: {{^}}  std::vector<Tensor> a; a.reserve(n);
  a.push_back(x);
  std::vector<Tensor> b;
  b.resize(n * 2);
  // CHECK: {{^}}  b.reserve(n * 2);
  b.push_back(x);
  std::vector<Tensor> c{2};
  // CHECK: {{^}}  std::vector<Tensor> c; c.reserve(2);
  c.push_back(x);
  return torch::stack(a) + torch::stack(b) + torch::stack(c);
}
