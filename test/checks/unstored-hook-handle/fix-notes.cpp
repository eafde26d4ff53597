// Stock clang-tidy keeps the same line between the two kinds of fix: --fix leaves the note's alone, --fix-notes takes it.
// RUN: cp %s %t.cpp
// RUN: %clang-tidy --load=%plugin --checks=-*,torch-unstored-hook-handle --quiet --fix %t.cpp -- %torch-flags -include-pch %preamble
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=SAFE
// RUN: %clang-tidy --load=%plugin --checks=-*,torch-unstored-hook-handle --quiet --fix --fix-notes %t.cpp -- %torch-flags -include-pch %preamble
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=NOTES
#include <torch/torch.h>

void watch(torch::nn::Linear &net) {
  net->weight.register_hook([](torch::Tensor g) { return g * 2; });
  // SAFE: {{^}}  net->weight.register_hook([](torch::Tensor g) { return g * 2; });
  // NOTES: {{^}}  torchtidy::ScopedTensorHook hook(net->weight, [](torch::Tensor g) { return g * 2; });
}
