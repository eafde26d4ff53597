// No fix is offered: weights, a training mode and registrations belong into the constructor, which is the author's to write.
// RUN: cp %s %t.cpp
// RUN: %check torch-module-in-forward %t.cpp --fix %unsafe-fixes
// RUN: diff %s %t.cpp
// RUN: %check torch-module-in-forward %t.cpp | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Weights, a training mode, options: nothing says the same in one call.
struct OthersImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = nn::Linear(2, 2)(x);
    // CHECK: :[[@LINE-1]]:9: warning: module 'Linear' is constructed in forward
    x = nn::Dropout(0.5)(x);
    // CHECK: :[[@LINE-1]]:9: warning: module 'Dropout' is constructed in forward
    return x;
  }
};
