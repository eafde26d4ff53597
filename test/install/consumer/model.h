#pragma once
#include <torch/torch.h>
struct TailImpl : torch::nn::Module {
  explicit TailImpl(int64_t width);
  torch::Tensor forward(torch::Tensor x);
  torch::nn::Linear out{nullptr};
};
