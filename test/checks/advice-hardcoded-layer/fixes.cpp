// There is no fix: how the caller is to choose, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-hardcoded-layer %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

struct BlockImpl : nn::Module {
  explicit BlockImpl(int64_t n) : norm(register_module("norm", nn::BatchNorm1d(n))) {}
  // CHECK: :[[@LINE-1]]:64: warning: 'BlockImpl' is built at 2 places and fixes both 'BatchNorm1d' and 'relu'
  torch::Tensor forward(torch::Tensor x) { return torch::relu(norm(x)); }
  nn::BatchNorm1d norm;
};
auto a = std::make_shared<BlockImpl>(2), b = std::make_shared<BlockImpl>(4);
