// No fix: whether the step goes or the loss is another is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-loss-input %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void f(torch::nn::Linear net, torch::Tensor x, torch::Tensor y) { torch::nll_loss(net(x), y); }
// CHECK: warning: 'torch::nll_loss' works on logarithms
