// A program that trains nothing: what a function returns, its callers only read.
// RUN: %check torch-retained-graph %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>

torch::Tensor run(torch::nn::GRUCell &cell, torch::Tensor x) {
  auto state = torch::zeros({1, 8});
  while (x.defined())
    state = cell->forward(x, state);
  // CHECK: :[[@LINE-1]]:5: warning: 'state' is fed back with its graph
  return state;
}

int main() {
  torch::nn::GRUCell cell(1, 8);
  cell->eval();
  std::cout << run(cell, torch::ones({1, 1})).requires_grad();
}
