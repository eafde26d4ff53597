// A class template of the project that stands in LibTorch's own namespace, as some do.
#pragma once
#include <torch/torch.h>

namespace torch {
namespace nn {
template <typename Block> class OwnNetImpl : public torch::nn::Module {
public:
  explicit OwnNetImpl(int64_t classes = 10);
  torch::Tensor forward(torch::Tensor x);

private:
  torch::nn::BatchNorm2d bn{16};
  torch::nn::Linear fc;
};
} // namespace nn
} // namespace torch
