// There is no fix: where the removal belongs, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-hook-removed-in-hook %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void hook(torch::Tensor w) {
  unsigned handle = 0;
  handle = w.register_hook([&](torch::Tensor) { w.remove_hook(handle); });
  // CHECK: :[[@LINE-1]]:51: warning: hook removes a hook of its own tensor while it runs
}
