#pragma once

#include <torch/torch.h>

// Where a pendulum swings to: its angle from the one before, with dropout against too few samples.
struct PredictorImpl : torch::nn::Module {
  PredictorImpl() {
    hidden = register_module("hidden", torch::nn::Linear(1, 256));
    drop = register_module("drop", torch::nn::Dropout(0.1));
    out = register_module("out", torch::nn::Linear(256, 1));
  }
  torch::Tensor forward(torch::Tensor x) { return out(drop(torch::tanh(hidden(x)))); }

  torch::nn::Linear hidden{nullptr}, out{nullptr};
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Predictor);

inline torch::Tensor angles(int64_t count) { return torch::rand({count, 1}) * 6 - 3; }
inline torch::Tensor swung(const torch::Tensor &angle) { return torch::sin(angle) * 0.8; }
