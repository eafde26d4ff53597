// RUN: cp %s %t.cpp
// RUN: %check torch-hook-capture-alias %t.cpp --fix
// RUN: FileCheck %s --input-file=%t.cpp
#include <torch/torch.h>
using torch::Tensor;

void hook(Tensor x, double &seen) {
  auto h = x * 2;
  auto saved = h.detach();
  // CHECK: {{^}}  auto saved = h.detach().clone();
  h.register_hook([saved, &seen](Tensor) { seen = saved.sum().item<double>(); });
  h.register_hook([d = h.detach().view({-1}), &seen](Tensor) { seen = d[0].item<double>(); });
  // CHECK: {{^}}  h.register_hook([d = h.detach().view({-1}).clone(), &seen](Tensor)
  h += 1;
}
