#include "convolutional.h"

#include <torchtidy/resnet.h>

#include <algorithm>

namespace torchtidy {

TORCHTIDY_LIBRARY_MODULE_KNOWN_(ResNet);
namespace {

namespace nn = torch::nn;

template <typename Options>
Options with_parts(Options block, const ResNetOptions& options, int64_t stride) {
  block.stride(stride)
      .norm(options.norm())
      .activation(options.activation())
      .conv(options.conv())
      .zero_init_residual(options.zero_init_residual());
  return block;
}

} // namespace

ResNetOptions ResNetOptions::resnet18() {
  return ResNetOptions();
}
ResNetOptions ResNetOptions::resnet34() {
  return ResNetOptions().depths({3, 4, 6, 3});
}
ResNetOptions ResNetOptions::resnet50() {
  return resnet34().bottleneck(true);
}

ResNetImpl::ResNetImpl(const ResNetOptions& options) : options(options) {
  reset();
}

TensorLayer ResNetImpl::make_layer(int64_t& in_channels, size_t index) {
  const int64_t channels = 64 << index;
  hnn::Sequential blocks;
  for (int64_t i = 0; i < options.depths()[index]; ++i) {
    const int64_t stride = index > 0 && i == 0 ? 2 : 1;
    if (options.bottleneck()) {
      blocks->push_back(Bottleneck(with_parts(BottleneckOptions(in_channels, channels), options, stride)));
      in_channels = channels * BottleneckImpl::expansion;
    } else {
      blocks->push_back(ResNetBlock(with_parts(ResNetBlockOptions(in_channels, channels), options, stride)));
      in_channels = channels;
    }
  }
  return blocks;
}

void ResNetImpl::reset() {
  const auto& depths = options.depths();
  TORCH_CHECK(
      depths.size() == 4 &&
          std::all_of(depths.begin(), depths.end(), [](int64_t depth) { return depth > 0; }),
      "ResNet: depths are [",
      c10::Join(", ", depths),
      "], it needs four numbers above zero");
  int64_t channels = 64;
  // No other convolution has 7x7 weights on the pixels themselves: it is never replaced.
  conv1.set(
      *this,
      nn::Conv2d(nn::Conv2dOptions(options.in_channels(), channels, 7).stride(2).padding(3).bias(false)));
  detail::init_convolutions(conv1.module());
  bn1.set(*this, options.norm()(channels));
  relu.set(*this, options.activation()());
  maxpool.set(*this, nn::MaxPool2d(nn::MaxPool2dOptions(3).stride(2).padding(1)));
  size_t index = 0;
  for (auto* layer : {&layer1, &layer2, &layer3, &layer4}) {
    layer->set(*this, make_layer(channels, index++));
  }
  avgpool.set(*this, nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions({1, 1})));
  fc.set(*this, nn::Linear(channels, options.num_classes()));
}

void ResNetImpl::reset_parameters() {
  detail::reset_convolutional(*this);
}

torch::Tensor ResNetImpl::forward(const torch::Tensor& x) {
  auto out = maxpool(relu(bn1(conv1(x))));
  out = layer4(layer3(layer2(layer1(out))));
  return fc(torch::flatten(avgpool(out), 1));
}

ResNet resnet18(int64_t num_classes) {
  return ResNet(ResNetOptions::resnet18().num_classes(num_classes));
}
ResNet resnet34(int64_t num_classes) {
  return ResNet(ResNetOptions::resnet34().num_classes(num_classes));
}
ResNet resnet50(int64_t num_classes) {
  return ResNet(ResNetOptions::resnet50().num_classes(num_classes));
}

} // namespace torchtidy
