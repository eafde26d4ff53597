// RUN: %check torch-retained-graph %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>
#include <vector>

#define KEEP(container, value) container.push_back(value)

// Dependent: nothing is known before it is instantiated.
template <typename Net> void never(Net net, torch::Tensor x) {
  std::vector<torch::Tensor> outputs;
  for (int i = 0; i < 100; ++i)
    outputs.push_back(net(x));
}
template <typename Net> void always(Net net, torch::Tensor x) {
  std::vector<torch::Tensor> outputs;
  for (int i = 0; i < 100; ++i)
    outputs.push_back(net(x));
  // CHECK: :[[@LINE-1]]:5: warning: 'outputs' keeps graphs
}
int main() {
  torch::nn::Linear net(4, 4);
  auto x = torch::ones({4});
  always(net, x);
  always(torch::nn::ReLU(), x);
  std::vector<torch::Tensor> outputs;
  for (int i = 0; i < 100; ++i)
    KEEP(outputs, net(x));
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'outputs' keeps graphs
}
