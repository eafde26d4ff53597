// No fix: what to do instead is a choice. --fix leaves the file as it was.
// RUN: cp %s %t.cpp
// RUN: %check torch-state-in-forward %t.cpp --fix %unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct NetImpl : nn::Module {
  NetImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    features = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'features' keeps a tensor of forward with its graph
    // CHECK: :[[@LINE-2]]:5: note: {{.*}}return it{{.*}}StateMembers
    return features;
  }
  nn::Linear fc{nullptr};
  Tensor features;
};
