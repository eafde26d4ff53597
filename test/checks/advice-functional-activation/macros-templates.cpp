// RUN: cp %s %t.cpp
// RUN: %check torch-advice-functional-activation %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define ACT(X) torch::relu(X)
struct MacroImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x) { return ACT(x); }
  // CHECK: :[[@LINE-1]]:51: warning: functional 'relu' is no child of 'MacroImpl'
};
template <typename T> struct BlockImpl : nn::Module {
  torch::Tensor forward(T x) { return torch::gelu(x); }
  // CHECK: :[[@LINE-1]]:39: warning: functional 'gelu' is no child of 'BlockImpl<at::Tensor>'
};
template <typename T> struct NeverImpl : nn::Module {
  torch::Tensor forward(T x) { return torch::gelu(x); }
};
torch::Tensor use(torch::Tensor x) { return BlockImpl<torch::Tensor>().forward(x); }
