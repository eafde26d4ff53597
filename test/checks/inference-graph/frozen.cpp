// The parameters are constants.
// RUN: %check torch-inference-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>

#include <iostream>

int main() {
  auto module = torch::jit::load("net.pt");
  module.eval();
  module = torch::jit::freeze(module);
  std::cout << module.forward({torch::ones({1, 4})}).toTensor();
}
