// The safe fixes change nothing; the unsafe one adds the member and rewrites the calls.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-functional-activation %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-advice-functional-activation %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(a->forward(x));
    // CHECK: {{^}}    x = relu(a->forward(x));
    return b->forward(x).relu();
    // CHECK: {{^}}    return relu(b->forward(x));
  }
  torch::nn::Linear a{nullptr}, b{nullptr};
};
// CHECK: {{^}}torch::nn::ReLU relu{register_module("relu", torch::nn::ReLU())};
// CHECK-NEXT: };
