#pragma once

/// \file
/// ResNets with torchvision's keys, so that its weights load.
///
/// \code
/// auto net = torchtidy::resnet18();
/// auto report = torchtidy::load_state_dict(net, torchtidy::read_state_dict("resnet18-f37072fd.pth"));
///
/// torchtidy::ResNet small(torchtidy::ResNetOptions::resnet34().num_classes(10).norm("group_norm(32)"));
/// \endcode

#include <torchtidy/blocks.h>

#include <vector>

namespace torchtidy {

/// How a `ResNet` is made.
struct ResNetOptions {
  /// Depths and blocks of the networks of these names.
  static ResNetOptions resnet18();
  static ResNetOptions resnet34();
  static ResNetOptions resnet50();

  /// Blocks in each of the four layers.
  TORCH_ARG(std::vector<int64_t>, depths) = { 2, 2, 2, 2 };
  /// Whether the blocks are `Bottleneck` instead of `ResNetBlock`.
  TORCH_ARG(bool, bottleneck) = false;
  TORCH_ARG(int64_t, in_channels) = 3;
  TORCH_ARG(int64_t, num_classes) = 1000;
  TORCH_ARG(NormFactory, norm) = "batch_norm";
  TORCH_ARG(ActivationFactory, activation) = "relu";
  TORCH_ARG(ConvFactory, conv) = "conv";
  /// As in `ResNetBlockOptions`, for all blocks.
  TORCH_ARG(bool, zero_init_residual) = false;
};

/// `conv1 bn1 relu maxpool layer1 layer2 layer3 layer4 avgpool fc`; blocks are `layer1.0` and so on.
/// Source: He et al., 2015; torchvision's `ResNet`.
class ResNetImpl : public torch::nn::Cloneable<ResNetImpl>, public Resettable {
 public:
  /// \throws c10::Error if there are not four depths above zero, and as the factories do.
  explicit ResNetImpl(const ResNetOptions& options);

  void reset() override;
  /// As torchvision: convolutions Kaiming normal (fan out, ReLU), everything else as fresh.
  /// \throws c10::Error if a part with parameters has no known way to initialise them (see init.h).
  void reset_parameters() override;
  /// `x`: [N, in_channels, H, W], device and dtype of the parameters. \returns [N, num_classes].
  torch::Tensor forward(const torch::Tensor& x);

  ResNetOptions options;
  TensorSlot conv1{*this, "conv1"}, bn1{*this, "bn1"}, relu{*this, "relu"}, maxpool{*this, "maxpool"};
  TensorSlot layer1{*this, "layer1"}, layer2{*this, "layer2"}, layer3{*this, "layer3"},
      layer4{*this, "layer4"};
  TensorSlot avgpool{*this, "avgpool"}, fc{*this, "fc"};

 private:
  TensorLayer make_layer(int64_t& in_channels, size_t index);
};
TORCHTIDY_LIBRARY_MODULE_(ResNet);

/// The networks of torchvision with these names, freshly initialised, on the CPU.
ResNet resnet18(int64_t num_classes = 1000);
ResNet resnet34(int64_t num_classes = 1000);
ResNet resnet50(int64_t num_classes = 1000);

} // namespace torchtidy
