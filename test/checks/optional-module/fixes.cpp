// Every cure changes the keys of some archives: there is no fix.
// RUN: cp %s %t.cpp
// RUN: %check torch-optional-module %t.cpp --fix %unsafe-fixes
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct DownImpl : nn::Module {
  explicit DownImpl(bool down) {
    if (down)
      shortcut = register_module("shortcut", nn::Sequential(nn::Linear(2, 2)));
  }
  Tensor forward(Tensor x) { return shortcut.is_empty() ? x : x + shortcut->forward(x); }
  nn::Sequential shortcut{nullptr};
};
