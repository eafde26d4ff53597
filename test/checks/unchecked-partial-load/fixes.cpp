// There is no fix: whether a missing name is an error, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-unchecked-partial-load %t.cpp --fix --unsafe-fixes || true
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

void load(nn::Module &from, nn::Module &to) {
  auto target = to.named_parameters();
  for (const auto &item : from.named_parameters())
    if (auto *found = target.find(item.key()))
      found->data().copy_(item.value());
}
