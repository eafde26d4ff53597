// RUN: %check torch-inference-graph %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>

#define RUN(net, x) net->forward(x)

// Dependent: nothing is known before it is instantiated.
template <typename Net> void never(torch::Tensor x) {
  Net net(4, 4);
  net->eval();
  std::cout << net->forward(x);
}
template <typename Net> void always(torch::Tensor x) {
  Net net(4, 4);
  net->eval();
  std::cout << RUN(net, x);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'the model' runs with gradients on
}
int main() { always<torch::nn::Linear>(torch::ones({4})); }
