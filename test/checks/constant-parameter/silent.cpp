// RUN: %check torch-constant-parameter %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

struct AImpl : torch::nn::Module {
  AImpl(bool train, torch::Tensor given) {
    register_parameter("weight", torch::ones({1}));
    register_parameter("trained", torch::ones({1}), true);
    register_parameter("either", torch::ones({1}), train);
    register_parameter("bias", torch::Tensor(), false); // LibTorch's "no bias"
    register_parameter("none", {}, false);
    register_parameter("given", given, false);
    register_parameter("member", kept, false);
    register_buffer("buffer", torch::ones({1}));
  }
  torch::Tensor kept;
};

struct Elsewhere : torch::nn::Module {
  Elsewhere() { register_parameter("table", torch::ones({1}), false); }
  void unfreeze(); // out of view
};

struct Base : torch::nn::Module {};
void on_another(Base &module) { module.register_parameter("table", torch::ones({1}), false); }
