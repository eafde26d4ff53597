#include "resnet.h"

namespace demo {

BasicBlockImpl::BasicBlockImpl(int64_t in, int64_t out, int64_t stride) {
  conv1 = register_module("conv1", conv3x3(in, out, stride));
  bn1 = register_module("bn1", torch::nn::BatchNorm2d(out));
  conv2 = register_module("conv2", conv3x3(out, out));
  bn2 = register_module("bn2", torch::nn::BatchNorm2d(out));
  gate = register_module("gate", ChannelGate(out));
  if (stride != 1 || in != out) {
    downsample = register_module(
        "downsample",
        torch::nn::Sequential(
            torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 1).stride(stride).bias(false)),
            torch::nn::BatchNorm2d(out)));
  }
}

torch::Tensor BasicBlockImpl::forward(torch::Tensor x) {
  auto out = torch::relu(bn1(conv1(x)));
  out = gate(bn2(conv2(out)));
  return torch::relu(out + downsample->forward(x));
}

ResNetImpl::ResNetImpl(std::vector<int64_t> widths, int64_t classes, double dropout)
    : drop_(torch::nn::DropoutOptions(dropout)), classes_(classes) {
  mean_ = torch::tensor({0.485, 0.456, 0.406}).view({1, 3, 1, 1});
  std_ = torch::tensor({0.229, 0.224, 0.225}).view({1, 3, 1, 1});
  stem_ = register_module("stem", conv3x3(3, widths.front()));
  int64_t in = widths.front();
  for (auto width : widths) {
    stages_.push_back(BasicBlock(in, width, in == width ? 1 : 2));
    in = width;
  }
  head_ = register_module("head", torch::nn::Linear(in, classes));
  aux_head_ = register_module("aux_head", torch::nn::Linear(in, classes));
  init_weights(*this);
}

torch::Tensor ResNetImpl::normalise(torch::Tensor x) {
  return (x - mean_) / std_;
}

torch::Tensor ResNetImpl::features(torch::Tensor x) {
  x = stem_(normalise(x));
  for (auto& stage : stages_) {
    x = stage(x);
  }
  return drop_(torch::adaptive_avg_pool2d(x, {1, 1}).flatten(1));
}

torch::Tensor ResNetImpl::forward(torch::Tensor x) {
  return head_(features(x));
}

torch::Tensor ResNetImpl::forward_both(torch::Tensor x) {
  auto f = features(x);
  auto fuse = torch::nn::Linear(torch::nn::LinearOptions(2 * classes_, classes_).bias(false));
  return fuse(torch::cat({head_(f), aux_head_(f)}, 1));
}

} // namespace demo
