// RUN: %check torch-advice-temporary-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Temporaries and locals; with options; a loss of two tensors; in a helper of forward and in a lambda.
struct NetImpl : nn::Module {
  Tensor forward(Tensor x, Tensor target) {
    x = nn::ReLU()(x);
    // CHECK: :[[@LINE-1]]:9: warning: module 'ReLU' is constructed in forward: it is rebuilt at every call, and no hook or module listing can see it [torch-advice-temporary-module]
    // CHECK: :[[@LINE-2]]:9: note: use the functional form
    x = nn::Upsample(nn::UpsampleOptions().scale_factor(std::vector<double>{2}))(x);
    // CHECK: :[[@LINE-1]]:9: warning: module 'Upsample' is constructed in forward
    nn::MSELoss loss;
    // CHECK: :[[@LINE-1]]:17: warning: module 'MSELoss' is constructed in forward
    auto shrink = [](Tensor t) { return nn::MaxPool2d(2)(t); };
    // CHECK: :[[@LINE-1]]:41: warning: module 'MaxPool2d' is constructed in forward
    return loss(shrink(squash(x)), target) + nn::L1Loss()(x, target);
    // CHECK: :[[@LINE-1]]:46: warning: module 'L1Loss' is constructed in forward
  }
  Tensor squash(Tensor x) { return nn::Sigmoid()->forward(x); }
  // CHECK: :[[@LINE-1]]:36: warning: module 'Sigmoid' is constructed in forward
};
