// RUN: %check torch-advice-temporary-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Look-alike: a registered member, a function, a module with weights or a mode (torch-module-in-forward's).
struct NetImpl : nn::Module {
  NetImpl() { act = register_module("act", nn::ReLU()); }
  Tensor forward(Tensor x) {
    x = nn::Dropout(0.5)(nn::Linear(2, 2)(x));
    return torch::relu(act(x));
  }
  // Not reached from forward.
  Tensor criterion(Tensor x, Tensor y) { return nn::MSELoss()(x, y); }
  nn::ReLU act{nullptr};
};

// Look-alike: a free function, a class that is no Module.
Tensor forward(Tensor x) { return nn::ReLU()(x); }
struct Plain {
  Tensor forward(Tensor x) { return nn::ReLU()(x); }
};
