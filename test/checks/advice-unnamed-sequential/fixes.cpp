// There is no fix: the names are the author's to choose.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-unnamed-sequential %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Module {
  NetImpl() : seq(register_module("seq", nn::Sequential(nn::Linear(2, 2)))) {}
  // CHECK: :[[@LINE-1]]:42: warning: the children of 'seq' have numbers for names
  auto stem() { return named_parameters()["seq.0.weight"]; }
  nn::Sequential seq;
};
