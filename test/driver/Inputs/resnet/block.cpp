#include "block.h"

namespace nn = torch::nn;

nn::Conv2dOptions convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding) {
  nn::Conv2dOptions options(in, out, kernel);
  options.stride(stride).padding(padding).bias(false);
  return options;
}

BasicBlockImpl::BasicBlockImpl(int64_t in, int64_t width, int64_t stride, nn::Sequential shortcut) {
  conv1 = register_module("conv1", nn::Conv2d(convolution(in, width, 3, stride, 1)));
  bn1 = register_module("bn1", nn::BatchNorm2d(width));
  conv2 = register_module("conv2", nn::Conv2d(convolution(width, width, 3, 1, 1)));
  bn2 = register_module("bn2", nn::BatchNorm2d(width));
  if (shortcut)
    downsample = register_module("downsample", shortcut);
}

torch::Tensor BasicBlockImpl::forward(torch::Tensor x) {
  auto y = bn2(conv2(torch::relu(bn1(conv1(x)))));
  return torch::relu(y + (downsample ? downsample->forward(x) : x));
}
