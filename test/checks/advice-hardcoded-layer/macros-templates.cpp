// RUN: cp %s %t.cpp
// RUN: %check torch-advice-hardcoded-layer %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define NORM(N) nn::BatchNorm1d(N)
struct MacroImpl : nn::Module {
  explicit MacroImpl(int64_t n) : norm(register_module("norm", NORM(n))) {}
  // CHECK: :[[@LINE-1]]:64: warning: 'MacroImpl' is built at 2 places and fixes both 'BatchNorm1d' and 'relu'
  torch::Tensor forward(torch::Tensor x) { return torch::relu(norm(x)); }
  nn::BatchNorm1d norm;
};
// The type is the caller's to choose.
template <typename Norm> struct BlockImpl : nn::Module {
  BlockImpl(Norm layer, int64_t n) : norm(register_module("norm", layer)) {}
  torch::Tensor forward(torch::Tensor x) { return torch::relu(norm(x)); }
  Norm norm;
};
auto a = std::make_shared<MacroImpl>(2), b = std::make_shared<MacroImpl>(4);
auto c = std::make_shared<BlockImpl<nn::BatchNorm1d>>(nn::BatchNorm1d(2), 2);
auto d = std::make_shared<BlockImpl<nn::BatchNorm1d>>(nn::BatchNorm1d(4), 4);
