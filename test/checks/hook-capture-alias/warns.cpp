// RUN: %check torch-hook-capture-alias %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;
namespace F = torch::nn::functional;

void init_capture(Tensor x, Tensor &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d; });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  h += 1;
}

void local(Tensor x, double &seen) {
  auto h = x * 2;
  auto saved = h.detach();
  // CHECK: :[[@LINE-1]]:18: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  h.register_hook([saved, &seen](Tensor) { seen = saved.sum().item<double>(); });
  h.relu_();
}

void view(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach().view({-1}), &seen](Tensor) { seen = d[0].item<double>(); });
  // CHECK: :[[@LINE-1]]:35: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  h[0] = 5;
}

void functional(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  h = F::relu(h, F::ReLUFuncOptions().inplace(true));
}

void free_function(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.data(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  torch::relu_(h);
}

void out_argument(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  torch::add_out(h, x, x);
}

void module(Tensor x, double &seen) {
  torch::nn::ReLU act(torch::nn::ReLUOptions().inplace(true));
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  act(h);
}

void one_path(Tensor x, double &seen, bool bump) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  if (bump)
    h.add_(1);
}

void next_pass(Tensor x, double &seen) {
  auto h = x * 2;
  for (int i = 0; i < 3; ++i) {
    h.mul_(2);
    h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
    // CHECK: :[[@LINE-1]]:28: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  }
}

// In the hook's own body.
unsigned body(Tensor w, std::vector<Tensor> &grads) {
  return w.register_hook([&grads](Tensor grad) {
    grads.push_back(grad.detach());
    // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'grad', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
    grad.mul_(0.5);
    return grad;
  });
}

void index_put(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  h.view({-1}).fill_(0);
}
