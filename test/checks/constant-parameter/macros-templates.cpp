// RUN: %check torch-constant-parameter %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define CONSTANT(name, value) register_parameter(name, value, false)

template <int N> struct AImpl : torch::nn::Module {
  AImpl() {
    register_parameter("table", torch::ones({N}), false);
    // CHECK: :[[@LINE-1]]:5: warning: this parameter never has a gradient
    CONSTANT("other", torch::ones({N}));
    // CHECK: :[[@LINE-1]]:5: warning: this parameter never has a gradient
  }
};
AImpl<1> one;
AImpl<2> two;
