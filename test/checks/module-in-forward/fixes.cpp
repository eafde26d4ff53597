// Only a module without state has a functional form; no hook sees that either, so the fix is an unsafe one on the note.
// RUN: cp %s %t.cpp
// RUN: %check torch-module-in-forward %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-module-in-forward %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// The result compiles, and only what has no fix is left.
// RUN: %check torch-module-in-forward %t.cpp | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct StatelessImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = torch::nn::ReLU()(x);
    // FIXED: {{^}}    x = torch::{{(nn::functional::)?}}relu(x);
    x = torch::nn::Sigmoid()(x + 1);
    // FIXED: {{^}}    x = torch::sigmoid(x + 1);
    return torch::nn::Tanh()(x);
    // FIXED: {{^}}    return torch::tanh(x);
  }
};

// Weights, a training mode, options: nothing says the same in one call.
struct OthersImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = nn::Linear(2, 2)(x);
    // FIXED: {{^}}    x = nn::Linear(2, 2)(x);
    // CHECK: :[[@LINE-2]]:9: warning: module 'Linear' is constructed in forward
    x = nn::Dropout(0.5)(x);
    // FIXED: {{^}}    x = nn::Dropout(0.5)(x);
    // CHECK: :[[@LINE-2]]:9: warning: module 'Dropout' is constructed in forward
    nn::ReLU relu;
    // FIXED: {{^}}    nn::ReLU relu;
    // CHECK: :[[@LINE-2]]:14: warning: module 'ReLU' is constructed in forward
    return relu(x);
  }
};
