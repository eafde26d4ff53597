// No fix: which of the two sizes is meant is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-sequential-mismatch %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

torch::nn::Sequential net(torch::nn::Linear(1, 2), torch::nn::Linear(1, 2));
void f() { torch::nn::Sequential net(torch::nn::Linear(1, 2), torch::nn::Linear(3, 4)); }
// CHECK: warning: this 'Linear' takes 3 features
