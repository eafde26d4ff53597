// RUN: cp %s %t.cpp
// RUN: %check torch-advice-init-in-constructor %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define ZERO(T) torch::nn::init::zeros_(T)
struct MacroImpl : nn::Module {
  MacroImpl() : fc(register_module("fc", nn::Linear(2, 2))) {
    ZERO(fc->bias);
    // CHECK: :[[@LINE-1]]:5: warning: 'a parameter' is initialised by a constructor of 'MacroImpl'
  }
  nn::Linear fc;
};
template <typename Layer> struct BlockImpl : nn::Module {
  BlockImpl() : layer(register_module("layer", Layer(2, 2))) {
    torch::nn::init::zeros_(layer->bias);
    // CHECK: :[[@LINE-1]]:5: warning: 'layer->bias' is initialised by a constructor of 'BlockImpl<torch::nn::Linear>'
  }
  Layer layer;
};
BlockImpl<nn::Linear> block;
template <typename Layer> struct NeverImpl : nn::Module {
  NeverImpl() : layer(register_module("layer", Layer(2, 2))) { torch::nn::init::zeros_(layer->bias); }
  Layer layer;
};
