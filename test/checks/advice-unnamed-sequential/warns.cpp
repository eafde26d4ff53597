// RUN: %check torch-advice-unnamed-sequential %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Module {
  NetImpl() {
    features = register_module("features", nn::Sequential(nn::Conv2d(3, 8, 3), nn::ReLU()));
    // CHECK: :[[@LINE-1]]:44: warning: the children of 'features' have numbers for names, and 'features.0.weight' is looked up by one: a layer put in front makes it another layer's name [torch-advice-unnamed-sequential]
    // CHECK: :[[@LINE+7]]:{{[0-9]+}}: note: looked up here
    head->push_back(nn::Linear(8, 2));
    // CHECK: :[[@LINE-1]]:21: warning: the children of 'head' have numbers for names, and '0' is looked up
    // CHECK: :[[@LINE+6]]:{{[0-9]+}}: note: looked up here
    register_module("head", head);
  }
  void freeze() {
    named_parameters()["features.0.weight"].set_requires_grad(false);
    auto children = head->named_children();
    std::cout << *children["0"];
  }
  nn::Sequential features{nullptr}, head;
};
