// No fix: which tensor is meant is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-non-leaf-grad %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

torch::Tensor f() {
  auto a = torch::ones({2}, torch::requires_grad()).view({2, 1});
  a.sum().backward();
  return a.grad();
}
// CHECK: warning: 'a' is the result of an operation
