// A file that trains, which may well validate with gradients on.
// RUN: %check torch-inference-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 2);
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  net(torch::ones({1, 4})).sum().backward();
  optimizer.step();
  net->eval();
  std::cout << net(torch::ones({1, 4}));
}
