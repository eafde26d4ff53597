// RUN: %check torch-unchecked-partial-load %s | FileCheck %s
#include <torch/torch.h>

namespace nn = torch::nn;

// Two models of one class, whose names depend on how each was made.
struct OptionalHeadImpl : nn::Module {
  explicit OptionalHeadImpl(bool headed) {
    body = register_module("body", nn::Linear(2, 2));
    if (headed)
      head = register_module("head", nn::Linear(2, 2));
  }
  nn::Linear body{nullptr}, head{nullptr};
};
void takeOver(OptionalHeadImpl &from, OptionalHeadImpl &to) {
  auto stored = from.named_parameters();
  for (auto &item : to.named_parameters()) {
    auto *found = stored.find(item.key());
    if (found != nullptr)
      // CHECK: :[[@LINE-1]]:9: warning: a name that is not found here is skipped in silence
      item.value().copy_(*found);
  }
}
