// RUN: %check torch-layer-options %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define HEADS 3

void macros() {
  torch::nn::MultiheadAttention attention(10, HEADS);
  // CHECK: :[[@LINE-1]]:33: warning: this 'MultiheadAttention' throws: embed_dim is 10, which num_heads, 3, does not divide
}

template <int64_t Heads> torch::nn::MultiheadAttention made() { return torch::nn::MultiheadAttention(8, Heads); }
// CHECK: :[[@LINE-1]]:72: warning: this 'MultiheadAttention' throws: embed_dim is 8, which num_heads, 3, does not divide
void two() {
  made<2>();
  made<3>();
}

template <int64_t Width> torch::Tensor run(torch::Tensor x) {
  torch::nn::Linear first(4, Width), second(4, 2);
  return second(first(x));
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 4 features and is given 8
}
void both(torch::Tensor x) { run<4>(run<8>(x)); }

// Dependent: nothing is known before it is instantiated.
template <int64_t Heads> torch::nn::MultiheadAttention never() { return torch::nn::MultiheadAttention(8, Heads); }
