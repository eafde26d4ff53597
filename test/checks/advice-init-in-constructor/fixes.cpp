// There is no fix: where the scheme belongs, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-init-in-constructor %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Module {
  NetImpl() : fc(register_module("fc", nn::Linear(2, 2))) { nn::init::zeros_(fc->bias); }
  // CHECK: :[[@LINE-1]]:61: warning: 'fc->bias' is initialised by a constructor of 'NetImpl'
  nn::Linear fc;
};
