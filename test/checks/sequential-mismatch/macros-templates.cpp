// RUN: %check torch-sequential-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define DENSE(in, out) torch::nn::Linear(in, out)

void macros() {
  torch::nn::Sequential net(DENSE(1, 2), DENSE(3, 4));
  // CHECK: :[[@LINE-1]]:42: warning: this 'Linear' takes 3 features and is given 2
}

template <int64_t Width> torch::nn::Sequential made() {
  return torch::nn::Sequential(torch::nn::Linear(1, Width), torch::nn::Linear(3, 4));
  // CHECK: :[[@LINE-1]]:61: warning: this 'Linear' takes 3 features and is given 2
}
torch::nn::Sequential two() { return made<2>(); }

// Dependent: nothing is known before it is instantiated.
template <int64_t Width> torch::nn::Sequential never() {
  return torch::nn::Sequential(torch::nn::Linear(1, Width), torch::nn::Linear(3, 4));
}
