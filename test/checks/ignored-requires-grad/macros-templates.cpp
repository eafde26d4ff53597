// RUN: %check torch-ignored-requires-grad %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define ZEROS(...) at::zeros({2}, __VA_ARGS__)
#define LEARNED at::requires_grad(true)

void f() {
  auto a = ZEROS(at::requires_grad());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'at::zeros' ignores requires_grad(true)
  auto b = at::ones({2}, LEARNED);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'at::ones' ignores requires_grad(true)
}

template <typename T> at::Tensor never(T options) { return at::zeros({2}, options.requires_grad(true)); }
template <typename T> at::Tensor always(T options) {
  return at::zeros({2}, options.requires_grad(true));
  // CHECK: :[[@LINE-1]]:10: warning: 'at::zeros' ignores requires_grad(true)
}
at::Tensor g() { return always(at::TensorOptions()); }
