// RUN: %check torch-ignored-requires-grad %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

// Functions of torch:: heed the flag.
void heeded(torch::Tensor x) {
  auto a = torch::zeros({2}, torch::requires_grad());
  auto b = torch::randn({2}, at::TensorOptions().requires_grad(true));
  auto c = torch::empty({2}, at::requires_grad());
  auto d = torch::zeros_like(x, at::requires_grad());
  auto e = torch::tensor({1.0}, torch::requires_grad());
  auto f = torch::from_blob(x.data_ptr(), {2}, torch::requires_grad());
}

// Not asked for, or asked not to.
void notAsked(at::Tensor x) {
  auto a = at::zeros({2});
  auto b = at::zeros({2}, at::kFloat);
  auto c = at::zeros({2}, at::requires_grad(false));
  auto d = at::zeros({2}, at::requires_grad(true).requires_grad(false));
  auto e = at::zeros({2}, x.options());
  auto f = at::zeros({2}, at::TensorOptions().dtype(at::kFloat).device(at::kCPU));
}

// Set on the tensor itself.
void set() {
  auto a = at::zeros({2}, at::requires_grad()).requires_grad_();
  auto b = at::zeros({2}, at::requires_grad());
  b.set_requires_grad(true);
  at::Tensor c;
  c = at::zeros({2}, at::requires_grad());
  c.requires_grad_();
  auto d = at::zeros({2}, at::requires_grad()).set_requires_grad(true);
}

// Options from out of view, a flag that is computed, options that change.
at::TensorOptions make();
void unknown(at::TensorOptions given, bool flag) {
  auto a = at::zeros({2}, given);
  auto b = at::zeros({2}, make());
  auto c = at::zeros({2}, at::requires_grad(flag));
  auto options = at::requires_grad(true);
  options = options.requires_grad(false);
  auto d = at::zeros({2}, options);
}

// A flag that is read, not set.
bool read(at::Tensor x) { return at::zeros({x.requires_grad() ? 1 : 2}).defined(); }

// Another library's function of the same name.
namespace own {
at::Tensor zeros(at::IntArrayRef, at::TensorOptions);
at::Tensor f() { return own::zeros({2}, at::requires_grad()); }
} // namespace own
