// No fix: how the weights are to be blended is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-target-update %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void update(torch::nn::Linear target, torch::nn::Linear policy) {
  auto from = policy->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mutable_grad() = from[i].grad();
}
// CHECK: warning: this update of one model from another
