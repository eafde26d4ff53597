// The basic block of a residual network, under the names of its Python counterpart.
#pragma once
#include <torch/torch.h>

torch::nn::Conv2dOptions convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1, int64_t padding = 0);

struct BasicBlockImpl : torch::nn::Module {
  static constexpr int64_t expansion = 1;
  BasicBlockImpl(int64_t in, int64_t width, int64_t stride = 1, torch::nn::Sequential shortcut = nullptr);
  torch::Tensor forward(torch::Tensor x);

  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr};
  torch::nn::BatchNorm2d bn1{nullptr}, bn2{nullptr};
  torch::nn::Sequential downsample{nullptr};
};
TORCH_MODULE(BasicBlock);
