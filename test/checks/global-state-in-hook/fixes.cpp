// There is no fix: where the value belongs, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-global-state-in-hook %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

static int count;
unsigned hook(torch::Tensor w) {
  return w.register_hook([](torch::Tensor) { ++count; });
  // CHECK: :[[@LINE-1]]:46: warning: hook writes 'count'
}
