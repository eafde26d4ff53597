// RUN: cp %s %t.cpp
// RUN: %check torch-advice-unnamed-sequential %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define CHILD(N) named_parameters()["seq." #N ".weight"]
struct MacroImpl : nn::Module {
  MacroImpl() : seq(register_module("seq", nn::Sequential(nn::Linear(2, 2)))) {}
  // CHECK: :[[@LINE-1]]:44: warning: the children of 'seq' have numbers for names, and 'seq.0.weight' is looked up by one
  torch::Tensor stem() { return CHILD(0); }
  nn::Sequential seq;
};
template <typename T> struct NeverImpl : nn::Module {
  NeverImpl() : layers(register_module("layers", nn::Sequential(T(2, 2)))) {}
  torch::Tensor stem() { return this->named_parameters()["layers.0.weight"]; }
  nn::Sequential layers;
};
