// RUN: cp %s %t.cpp
// RUN: %check torch-constant-parameter %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-constant-parameter %t.cpp --fix %unsafe-fixes
// RUN: FileCheck --input-file=%t.cpp %s
#include <torch/torch.h>

struct AImpl : torch::nn::Module {
  AImpl() {
    table = register_parameter("table", torch::ones({1}), false);
    // CHECK: table = register_buffer("table", torch::ones({1}));
    this->register_parameter("other", torch::zeros({2}), /*requires_grad=*/false);
    // CHECK: this->register_buffer("other", torch::zeros({2}));
  }
  torch::Tensor table;
};
