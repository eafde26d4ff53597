// There is no fix: which owner, and from where to where, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-unscoped-hook %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void step(torch::nn::Linear net, torch::Tensor x) {
  auto h = net->weight.register_hook([](torch::Tensor g) { return g * 2; });
  // CHECK: :[[@LINE-1]]:24: warning: hook on 'net->weight' is removed by hand
  net(x).sum().backward();
  net->weight.remove_hook(h);
}
