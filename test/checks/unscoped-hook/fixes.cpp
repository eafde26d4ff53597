// There is no fix: which owner, and from where to where, the author knows.
// REQUIRES: via-driver
// RUN: cp %s %t.cpp
// RUN: %check torch-unscoped-hook %t.cpp --fix --unsafe-fixes || true
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void step(torch::nn::Linear net, torch::Tensor x) {
  auto h = net->weight.register_hook([](torch::Tensor g) { return g * 2; });
  net(x).sum().backward();
  net->weight.remove_hook(h);
}
