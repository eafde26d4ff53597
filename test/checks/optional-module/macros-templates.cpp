// RUN: %check torch-optional-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define MAYBE_EMPTY nn::Sequential empty{nullptr}

// Declared by a macro: flagged where the macro is used.
struct MacroMemberImpl : nn::Module {
  explicit MacroMemberImpl(bool on) {
    if (on)
      empty = register_module("empty", nn::Sequential(nn::Linear(2, 2)));
  }
  Tensor forward(Tensor x) { return empty ? empty->forward(x) : x; }
  MAYBE_EMPTY;
  // CHECK: :[[@LINE-1]]:3: warning: 'empty' is there on some constructor paths only
};

// A class template: one finding for all instantiations.
template <typename Layer> struct BlockImpl : nn::Module {
  explicit BlockImpl(bool on) {
    if (on)
      norm = register_module("norm", nn::BatchNorm1d(2));
  }
  Tensor forward(Tensor x) { return norm ? norm->forward(x) : x; }
  nn::BatchNorm1d norm{nullptr};
  // CHECK: :[[@LINE-1]]:19: warning: 'norm' is there on some constructor paths only
};
template struct BlockImpl<nn::Linear>;
template struct BlockImpl<nn::ReLU>;

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer> struct DependentImpl : nn::Module {
  explicit DependentImpl(bool on) {
    if (on)
      layer = register_module("layer", Layer(2, 2));
  }
  Tensor forward(Tensor x) { return layer ? layer->forward(x) : x; }
  Layer layer{nullptr};
};
