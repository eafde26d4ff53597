// Only an unsafe fix: the scoped handle ends at the block, where the hook lived on before.
// REQUIRES: via-driver
// RUN: cp %s %t.cpp
// RUN: %check torch-unstored-hook-handle %t.cpp --fix || true
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=SAFE
// RUN: cp %s %t.cpp
// RUN: %check torch-unstored-hook-handle %t.cpp --fix --unsafe-fixes || true
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=UNSAFE
#include <torch/torch.h>

void watch(torch::nn::Linear &net) {
  net->weight.register_hook([](torch::Tensor g) { return g * 2; });
  // SAFE: {{^}}  net->weight.register_hook([](torch::Tensor g) { return g * 2; });
  // UNSAFE: {{^}}  torchtidy::ScopedTensorHook hook(net->weight, [](torch::Tensor g) { return g * 2; });
}
