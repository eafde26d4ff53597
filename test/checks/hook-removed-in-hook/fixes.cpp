// There is no fix: where the removal belongs, the author knows.
// REQUIRES: via-driver
// RUN: cp %s %t.cpp
// RUN: %check torch-hook-removed-in-hook %t.cpp --fix --unsafe-fixes || true
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void hook(torch::Tensor w) {
  unsigned handle = 0;
  handle = w.register_hook([&](torch::Tensor) { w.remove_hook(handle); });
}
