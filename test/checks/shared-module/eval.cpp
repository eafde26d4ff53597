// Something in view changes modes: perhaps that of this model.
// RUN: %check torch-shared-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <thread>
#include <torch/torch.h>

void statistics(torch::Tensor x) {
  torch::nn::BatchNorm1d norm(4);
  norm->eval();
  std::thread first([&] { norm(x); }), second([&] { norm(x); });
  first.join();
  second.join();
}
