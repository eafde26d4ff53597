// There is no fix: whether a missing name is an error, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-unchecked-partial-load %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

void load(nn::Module &from, nn::Module &to) {
  auto target = to.named_parameters();
  for (const auto &item : from.named_parameters())
    if (auto *found = target.find(item.key()))
    // CHECK: :[[@LINE-1]]:15: warning: a name that is not found here is skipped in silence
      found->data().copy_(item.value());
}
