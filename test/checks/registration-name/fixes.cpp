// No fix: the other name is the author's to choose. --fix leaves the file as it was.
// RUN: cp %s %t.cpp
// RUN: %check torch-registration-name %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Module {
  NetImpl() {
    register_module("fc", nn::Linear(2, 2));
    register_module("fc", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'fc' is registered twice on one path
    register_module("a.b", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:21: warning: the registration name 'a.b' holds a dot
    for (int i = 0; i < 2; ++i)
      register_module("layer", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:7: warning: 'layer' is registered in every round of a loop
  }
};
