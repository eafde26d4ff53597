// No fix: whether the losses belong together or the state is to be cut is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-stale-graph %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void f(torch::nn::Linear net, torch::Tensor x) {
  auto out = net(x);
  out.sum().backward();
  out.mean().backward();
}
// CHECK: warning: this goes back through 'net(x)'
