#pragma once
#include <torch/torch.h>

// Flagged in every target that includes it.
struct HeadImpl : torch::nn::Module {
  HeadImpl() {}
  torch::nn::Dropout drop = torch::nn::Dropout(0.5);
};

struct NetImpl : torch::nn::Module {
  explicit NetImpl(int64_t width);
  torch::nn::Linear out{nullptr};
};
