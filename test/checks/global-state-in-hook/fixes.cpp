// There is no fix: where the value belongs, the author knows.
// REQUIRES: via-driver
// RUN: cp %s %t.cpp
// RUN: %check torch-global-state-in-hook %t.cpp --fix --unsafe-fixes || true
// RUN: diff %s %t.cpp
#include <torch/torch.h>

static int count;
unsigned hook(torch::Tensor w) {
  return w.register_hook([](torch::Tensor) { ++count; });
}
