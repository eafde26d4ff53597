// RUN: %check torch-advice-functional-activation %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// The pattern {{w}}arning keeps the comments that a fix shows from matching themselves.
#include <torch/torch.h>

namespace nn = torch::nn;
namespace F = torch::nn::functional;

struct NetImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(fc->forward(x));
    // CHECK: :[[@LINE-1]]:9: {{w}}arning: functional 'relu' is no child of 'NetImpl': no hook sees its output, and no code can swap it [torch-advice-functional-activation]
    // CHECK: :[[@LINE+9]]:1: note: a registered member 'relu' can be hooked and swapped
    x = F::leaky_relu(x, F::LeakyReLUFuncOptions().negative_slope(0.1));
    // CHECK: :[[@LINE-1]]:9: {{w}}arning: functional 'leaky_relu'
    return fc->forward(x).tanh();
    // CHECK: :[[@LINE-1]]:27: {{w}}arning: functional 'tanh'
    // CHECK: :[[@LINE+4]]:1: note: a registered member 'tanh'
  }

  nn::Linear fc{nullptr};
};

struct PartsImpl : nn::Module {
  torch::Tensor forward_features(torch::Tensor x) {
    auto act = [&](torch::Tensor t) { return torch::gelu(t); };
    // CHECK: :[[@LINE-1]]:46: {{w}}arning: functional 'gelu'
    // CHECK: :{{[0-9]+}}:1: note: a registered member 'gelu'
    return act(x).relu_();
    // CHECK: :[[@LINE-1]]:19: {{w}}arning: functional 'relu'
    // CHECK: :{{[0-9]+}}:1: note: a registered member 'relu'
  }
};
