// RUN: %check torch-non-leaf-grad %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define LEAF torch::ones({2}, torch::requires_grad())

torch::Tensor macros() {
  auto a = LEAF.view({2, 1});
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'a' is the result of an operation
  a.sum().backward();
  return a.grad();
}

// Dependent: nothing is known before it is instantiated.
template <typename Net> torch::Tensor never(Net net, torch::Tensor x) {
  auto y = net(x);
  y.sum().backward();
  return y.grad();
}
template <typename Net> torch::Tensor always(Net net, torch::Tensor x) {
  auto y = net(x);
  y.sum().backward();
  return y.grad();
  // CHECK: :[[@LINE-1]]:10: warning: 'y' is the result of an operation
}
torch::Tensor f(torch::nn::Linear net, torch::nn::ReLU relu, torch::Tensor x) {
  return always(net, x) + always(relu, x);
}
