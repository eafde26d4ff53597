// RUN: cp %s %t.cpp
// RUN: %check torch-advice-dead-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// No fix inside a macro body.
// RUN: %check torch-advice-dead-module %t.cpp --fix %unsafe-fixes
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define MEMBER(TYPE, NAME) TYPE NAME{nullptr}
struct MacroImpl : nn::Module {
  MacroImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  MEMBER(nn::Linear, fc);
  MEMBER(nn::Linear, old);
  // CHECK: :[[@LINE-1]]:22: warning: nothing here assigns or reads 'old': it is null in every object
};

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer> struct DependentImpl : nn::Module {
  DependentImpl() { fc = register_module("fc", Layer(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  Layer fc{nullptr}, old{nullptr};
};
