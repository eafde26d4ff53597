// RUN: %check torch-advice-temporary-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Written by a macro: found where it is used, without a fix.
#define RELU(X) nn::ReLU()(X)
struct MacroImpl : nn::Module {
  Tensor forward(Tensor x) {
    return RELU(x);
    // CHECK: :[[@LINE-1]]:12: warning: module 'ReLU' is constructed in forward
  }
};

// Once for all instantiations; nothing where the type depends on the argument.
template <typename Activation> struct BlockImpl : nn::Module {
  Tensor forward(Tensor x) {
    return nn::Tanh()(x);
    // CHECK: :[[@LINE-1]]:12: warning: module 'Tanh' is constructed in forward
  }
};
template struct BlockImpl<nn::ReLU>;
template struct BlockImpl<nn::ELU>;
