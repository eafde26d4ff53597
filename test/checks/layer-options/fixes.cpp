// No fix: which of the numbers is meant is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-layer-options %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

torch::nn::MultiheadAttention attention() { return torch::nn::MultiheadAttention(10, 3); }
// CHECK: warning: this 'MultiheadAttention' throws
