// None is offered: which of the assignment and the operation in place is meant, the code does not say.
// RUN: cp %s %t.cpp
// RUN: %check torch-discarded-result %t.cpp --fix --unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

torch::Tensor f(torch::Tensor x) {
  x.relu();
  // CHECK: :[[@LINE-1]]:3: warning: 'relu' leaves 'x' as it is
  return x;
}
