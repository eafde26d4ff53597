// The safe fixes change nothing; the unsafe one renames a misspelt forward.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-module-api-shadow %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-advice-module-api-shadow %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  torch::Tensor foward(torch::Tensor x) { return x; }
  // CHECK: {{^}}  torch::Tensor forward(torch::Tensor x) { return x; }
};
