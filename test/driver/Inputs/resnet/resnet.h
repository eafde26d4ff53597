#pragma once
#include "block.h"

class ResNetImpl : public torch::nn::Module {
public:
  explicit ResNetImpl(const std::vector<int64_t> &blocks, int64_t classes = 1000);
  torch::Tensor forward(torch::Tensor x);

private:
  torch::nn::Sequential stage(int64_t width, int64_t blocks, int64_t stride = 1);

  int64_t width_ = 64;
  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::Sequential layer1{nullptr}, layer2{nullptr}, layer3{nullptr}, layer4{nullptr};
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(ResNet);

ResNet resnet18();
