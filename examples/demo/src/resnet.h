// A small residual network for 3-channel images.
#pragma once

#include "layers.h"

#include <torch/torch.h>

#include <vector>

namespace demo {

struct BasicBlockImpl : torch::nn::Module {
  BasicBlockImpl(int64_t in, int64_t out, int64_t stride);
  torch::Tensor forward(torch::Tensor x);

  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr};
  torch::nn::BatchNorm2d bn1{nullptr}, bn2{nullptr};
  ChannelGate gate{nullptr};
  torch::nn::Sequential downsample{nullptr}; // only where the shape changes
};
TORCH_MODULE(BasicBlock);

struct ResNetImpl : torch::nn::Module {
  ResNetImpl(std::vector<int64_t> widths, int64_t classes, double dropout);
  torch::Tensor forward(torch::Tensor x);
  // For an ensemble: averages the logits of the two heads.
  torch::Tensor forward_both(torch::Tensor x);

 private:
  torch::Tensor features(torch::Tensor x);
  torch::Tensor normalise(torch::Tensor x);

  torch::Tensor mean_, std_;
  torch::nn::Conv2d stem_{nullptr};
  std::vector<BasicBlock> stages_;
  torch::nn::Dropout drop_;
  torch::nn::Linear head_{nullptr};
  torch::nn::Linear aux_head_{nullptr};
  int64_t classes_;
};
TORCH_MODULE(ResNet);

} // namespace demo
