// RUN: %check torch-ignored-requires-grad %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using at::TensorOptions;

void direct(at::Tensor x) {
  auto a = at::zeros({2}, at::requires_grad());
  // CHECK: :[[@LINE-1]]:12: warning: 'at::zeros' ignores requires_grad(true): the tensor gets no gradient; 'torch::zeros' heeds it [torch-ignored-requires-grad]
  // CHECK: :[[@LINE-2]]:12: note: 'torch::zeros' makes a tensor that requires grad
  auto b = at::randn({2}, TensorOptions().dtype(at::kDouble).requires_grad(true));
  // CHECK: :[[@LINE-1]]:12: warning: 'at::randn' ignores requires_grad(true)
  auto c = at::full({2}, 1.0, at::dtype(at::kDouble).requires_grad(true));
  // CHECK: :[[@LINE-1]]:12: warning: 'at::full' ignores requires_grad(true)
  auto d = at::eye(2, at::requires_grad(true).dtype(at::kFloat));
  // CHECK: :[[@LINE-1]]:12: warning: 'at::eye' ignores requires_grad(true)
  auto e = x.new_ones({2}, at::requires_grad());
  // CHECK: :[[@LINE-1]]:12: warning: 'new_ones' ignores requires_grad(true): the tensor gets no gradient; call requires_grad_() on the tensor
  auto f = at::from_blob(x.data_ptr(), {2}, at::requires_grad());
  // CHECK: :[[@LINE-1]]:12: warning: 'at::from_blob' ignores requires_grad(true)
  auto g = at::arange(3, at::device(at::kCPU).requires_grad(true));
  // CHECK: :[[@LINE-1]]:12: warning: 'at::arange' ignores requires_grad(true)
}

void refused(at::Tensor x) {
  auto a = at::empty({2}, at::requires_grad());
  // CHECK: :[[@LINE-1]]:12: warning: 'at::empty' throws when its options ask for requires_grad(true); 'torch::empty' heeds it
  auto b = at::zeros_like(x, at::requires_grad());
  // CHECK: :[[@LINE-1]]:12: warning: 'at::zeros_like' throws when its options ask for requires_grad(true)
  auto c = at::tensor({1.0, 2.0}, at::requires_grad());
  // CHECK: :[[@LINE-1]]:12: warning: 'at::tensor' throws when its options ask for requires_grad(true)
}

at::Tensor throughVariables() {
  auto options = TensorOptions().requires_grad(true);
  const auto more = options.dtype(at::kDouble);
  auto a = at::ones({2}, options);
  // CHECK: :[[@LINE-1]]:12: warning: 'at::ones' ignores requires_grad(true)
  // CHECK: :[[@LINE-4]]:18: note: asked for here
  return a + at::rand({2}, more);
  // CHECK: :[[@LINE-1]]:14: warning: 'at::rand' ignores requires_grad(true)
}

struct Layer {
  at::Tensor weight = at::Tensor();
  Layer() { weight = at::normal(0, 1, {2}, c10::nullopt, at::requires_grad()); }
  // CHECK: :[[@LINE-1]]:22: warning: 'at::normal' ignores requires_grad(true)
};

// By a using-declaration it is the same function; there is no qualifier to change.
namespace mine {
using at::linspace;
at::Tensor line() { return linspace(0, 1, 3, at::requires_grad()); }
// CHECK: :[[@LINE-1]]:28: warning: 'at::linspace' ignores requires_grad(true)
} // namespace mine
