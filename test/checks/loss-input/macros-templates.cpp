// What macros spell may be expected to throw; templates are judged where they are instantiated.
// RUN: %check torch-loss-input %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define EXPECT(Statement) Statement
void macros(torch::nn::Linear net, torch::Tensor x, torch::Tensor y) {
  EXPECT(torch::binary_cross_entropy(net(x), y));
}
template <typename Net> torch::Tensor loss(Net net, torch::Tensor x, torch::Tensor y) {
  return torch::nll_loss(net(x), y);
  // CHECK: :[[@LINE-1]]:26: warning: 'torch::nll_loss' works on logarithms
}
template torch::Tensor loss(torch::nn::Linear, torch::Tensor, torch::Tensor);
