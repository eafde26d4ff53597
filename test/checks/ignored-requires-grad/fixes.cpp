// RUN: cp %s %t.cpp
// RUN: %check torch-ignored-requires-grad %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-ignored-requires-grad %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

void f() {
  auto a = at::zeros({2}, at::requires_grad());
  // CHECK: {{^}}  auto a = torch::zeros({2}, at::requires_grad());
  auto b = ::at::randn({2}, at::TensorOptions().requires_grad(true)).requires_grad_(false);
  // CHECK: {{^}}  auto b = ::at::randn
}
