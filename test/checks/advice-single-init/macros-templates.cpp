// RUN: cp %s %t.cpp
// RUN: %check torch-advice-single-init %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define DRAW(T) torch::nn::init::xavier_uniform_(T)
void macros(nn::Module &m) {
  for (auto &p : m.parameters())
    DRAW(p);
  // CHECK: :[[@LINE-1]]:5: warning: 'xavier_uniform_' runs on every parameter
}
template <typename Net> void used(Net &net) {
  for (auto &p : net->parameters())
    torch::nn::init::orthogonal_(p);
  // CHECK: :[[@LINE-1]]:5: warning: 'orthogonal_' runs on every parameter
}
template <typename Net> void never(Net &net) {
  for (auto &p : net->parameters())
    torch::nn::init::orthogonal_(p);
}
void use(nn::Linear l) { used(l); }
