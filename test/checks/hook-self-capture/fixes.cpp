// There is no fix: whether a weak reference, the values or a reference is right, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-hook-self-capture %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void hook(torch::Tensor x) {
  auto h = torch::relu(x);
  h.register_hook([h](torch::Tensor g) { return g * h; });
  // CHECK: :[[@LINE-1]]:20: warning: hook on 'h' captures by value the tensor itself
}
