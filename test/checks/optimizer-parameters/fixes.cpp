// No fix: which tensors are meant is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-optimizer-parameters %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void f(torch::nn::Sequential net) { torch::optim::SGD optimizer(net->parameters(false), 0.1); }
// CHECK: warning: without recursion
