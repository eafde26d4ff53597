// RUN: %check torch-module-in-forward %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Look-alike: a Dropout under the caller's own training flag, or given the caller's mode.
struct ModeImpl : nn::Module {
  Tensor forward(Tensor x, bool train) {
    if (is_training())
      x = nn::Dropout(0.5)(x);
    if (train && x.size(0) > 1)
      x = nn::Dropout2d(0.5)(x);
    x = this->is_training() ? nn::Dropout(0.1)(x) : x;
    nn::Dropout drop(0.5);
    drop->train(is_training());
    auto other = nn::AlphaDropout(0.5);
    if (!train)
      other->eval();
    return other(drop(x));
  }
};

// Look-alike: stateless temporaries (torch-advice-temporary-module's).
struct StatelessImpl : nn::Module {
  Tensor forward(Tensor x, Tensor target) {
    x = nn::ReLU()(nn::Upsample(nn::UpsampleOptions().scale_factor(std::vector<double>{2}))(x));
    return nn::MSELoss()(x, target);
  }
};
