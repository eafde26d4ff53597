#pragma once
#include <torch/torch.h>

struct PartImpl : torch::nn::Module {
  explicit PartImpl(int n);
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Part);
