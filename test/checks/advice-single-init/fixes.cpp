// There is no fix: which scheme fits, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-single-init %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

void draw(nn::Module &m) {
  for (auto &p : m.parameters())
    nn::init::xavier_uniform_(p);
    // CHECK: :[[@LINE-1]]:5: warning: 'xavier_uniform_' runs on every parameter
}
