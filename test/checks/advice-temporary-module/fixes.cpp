// Only a module with default options has a functional form; no hook sees that either, so the fix is an unsafe one on the note.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-temporary-module %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-advice-temporary-module %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// The result compiles, and only what has no fix is left.
// RUN: %check torch-advice-temporary-module %t.cpp | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct StatelessImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = torch::nn::ReLU()(x);
    // FIXED: {{^}}    x = torch::{{(nn::functional::)?}}relu(x);
    x = torch::nn::Sigmoid()(x + 1);
    // FIXED: {{^}}    x = torch::sigmoid(x + 1);
    nn::ReLU relu;
    // FIXED: {{^}}    nn::ReLU relu;
    // CHECK: :[[@LINE-2]]:14: warning: module 'ReLU' is constructed in forward
    x = nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(0.2))(relu(x));
    // FIXED: {{^}}    x = nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(0.2))(relu(x));
    // CHECK: :[[@LINE-2]]:9: warning: module 'LeakyReLU' is constructed in forward
    return torch::nn::Tanh()(x);
    // FIXED: {{^}}    return torch::tanh(x);
  }
};
