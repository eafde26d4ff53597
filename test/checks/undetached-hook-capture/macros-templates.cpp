// RUN: %check torch-undetached-hook-capture %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

#define KEEP(OUT, T) (OUT).push_back(T)
#define HOOK(T, OUT) (T).register_hook([&](Tensor grad) { (OUT).push_back(grad); })

void run(torch::nn::Linear net, Tensor x, std::vector<Tensor> &out) {
  auto a = x.register_hook([&](Tensor grad) { KEEP(out, grad); });
  // CHECK: :[[@LINE-1]]:57: warning: hook stores 'grad' without 'detach()' in 'out'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  auto b = HOOK(x, out);
  // CHECK: :[[@LINE-1]]:12: warning: hook stores 'grad' without 'detach()' in 'out'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  net(x).sum().backward({}, true, true);
  x.remove_hook(a);
  x.remove_hook(b);
}

template <typename Container>
unsigned keep(Tensor w, Container &out) {
  return w.register_hook([&out](Tensor grad) { out.push_back(grad); });
  // CHECK: :[[@LINE-1]]:62: warning: hook stores 'grad' without 'detach()' in 'out'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
}
template <typename Container>
unsigned never_instantiated(Tensor w, Container &out) {
  return w.register_hook([&out](Tensor grad) { out.push_back(grad); });
}
unsigned use(Tensor w, std::vector<Tensor> &out) { return keep(w, out); }

// A generic lambda's call operator is a template.
unsigned generic(Tensor w, std::vector<Tensor> &out) {
  return w.register_hook([&out](auto grad) { out.push_back(grad); });
  // CHECK: :[[@LINE-1]]:60: warning: hook stores 'grad' without 'detach()' in 'out'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
}
