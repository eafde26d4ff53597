#pragma once

/// \file
/// Parts of a block that its user chooses: norms, activations, convolutions.
///
/// \code
/// torchtidy::NormFactory norm = "group_norm(32)";               // by name, as in a configuration file
/// norm = [](int64_t channels) { return MyNorm(channels); };     // any callable
/// norm = torchtidy::NormFactory::of<torch::nn::InstanceNorm2d>(); // a class
/// torchtidy::register_norm("my_norm", [](const torchtidy::FactoryArguments& arguments) {
///   return [eps = arguments.number(0, 1e-5)](int64_t channels) { return MyNorm(channels, eps); };
/// });
/// block.norm.set(block, norm(64));                              // into a ModuleSlot
/// \endcode
///
/// Names of norms of [N, C, …]: `batch_norm`, `batch_norm1d`, `batch_norm3d`, `instance_norm`,
/// `group_norm(groups = 32)`, `layer_norm`, `identity`.
///
/// Names of norms of […, C]: `layer_norm_last`, `identity`.
///
/// Names of activations: `relu`, `relu6`, `leaky_relu(slope = 0.01)`, `prelu`, `elu(alpha = 1)`, `selu`,
/// `celu(alpha = 1)`, `gelu`, `gelu_tanh`, `silu`, `mish`, `sigmoid`, `tanh`, `softplus`, `identity`.
///
/// Names of convolutions: `conv`, `depthwise_separable`.
///
/// The norms of [N, C, …] but the group norm take `eps` as last argument. What a factory makes is on the CPU
/// and of the default dtype.

#include <torchtidy/init.h>
#include <torchtidy/slot.h>

#include <torch/nn/options/conv.h>

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {

/// A module of any class that takes a tensor and gives one.
using TensorLayer = Layer<torch::Tensor(torch::Tensor)>;
/// Its place in a module.
using TensorSlot = ModuleSlot<torch::Tensor(torch::Tensor)>;

/// What stands in the parentheses of "group_norm(32, 1e-5)".
class FactoryArguments {
 public:
  FactoryArguments(std::string text, std::vector<double> values)
      : text_(std::move(text)), values_(std::move(values)) {}

  /// The argument with this number, `otherwise` if it is not given.
  double number(size_t index, double otherwise) const {
    return index < values_.size() ? values_[index] : otherwise;
  }
  /// The same. \throws c10::Error if it is no whole number.
  int64_t integer(size_t index, int64_t otherwise) const;
  /// \throws c10::Error if there are more than `count` arguments.
  const FactoryArguments& at_most(size_t count) const;
  /// The whole, such as "group_norm(32, 1e-5)".
  const std::string& text() const {
    return text_;
  }

 private:
  std::string text_;
  std::vector<double> values_;
};

namespace detail {
struct NormKind {};
struct ActivationKind {};
struct ConvKind {};
} // namespace detail

/// A value that makes a new layer at each call: a name of the registry of its kind, or any callable.
template <typename Kind, typename... Args>
class Factory {
 public:
  using Make = std::function<TensorLayer(Args...)>;
  /// What a name stands for, given the arguments.
  using Maker = std::function<Make(const FactoryArguments&)>;

  /// From the registry: "relu", "group_norm(32)".
  /// \throws c10::Error for an unknown name (near ones are listed), or arguments that do not fit.
  Factory(const std::string& text);
  Factory(const char* text) : Factory(std::string(text)) {}
  /// Any callable that gives a holder, a `shared_ptr` of a Module class, or a `TensorLayer`.
  template <
      typename Callable,
      typename = std::enable_if_t<
          !std::is_same_v<Callable, Factory> && std::is_invocable_r_v<TensorLayer, Callable&, Args...>>>
  Factory(Callable make) : make_(std::move(make)), text_("custom") {}
  /// Makes `M(args...)`.
  template <typename M>
  static Factory of() {
    return Factory([](Args... args) { return M(args...); });
  }

  /// A new layer. \throws c10::Error if what the callable gives is null, and what it throws.
  TensorLayer operator()(Args... args) const {
    return make_(args...);
  }
  /// The text that it was made from, or "custom".
  const std::string& text() const {
    return text_;
  }

 private:
  Make make_;
  std::string text_;
};

/// Makes a norm of so many channels.
using NormFactory = Factory<detail::NormKind, int64_t>;
/// Makes an activation.
using ActivationFactory = Factory<detail::ActivationKind>;
/// Makes a convolution of [N, C, H, W] with these sizes.
using ConvFactory = Factory<detail::ConvKind, const torch::nn::Conv2dOptions&>;

extern template class Factory<detail::NormKind, int64_t>;
extern template class Factory<detail::ActivationKind>;
extern template class Factory<detail::ConvKind, const torch::nn::Conv2dOptions&>;

/// Makes `name` known to all factories of this kind that are made later, in place of what had the name.
/// `name`: letters, digits, `_`, `.` and `-`. Thread-safe. \throws c10::Error for other names.
void register_norm(const std::string& name, NormFactory::Maker maker);
void register_activation(const std::string& name, ActivationFactory::Maker maker);
void register_conv(const std::string& name, ConvFactory::Maker maker);

/// The names that the registry knows, sorted.
std::vector<std::string> norm_names();
std::vector<std::string> activation_names();
std::vector<std::string> conv_names();

/// How a `ChannelLayerNorm` is made.
struct ChannelLayerNormOptions {
  /* implicit */ ChannelLayerNormOptions(int64_t channels) : channels_(channels) {}
  /// Size of dimension 1.
  TORCH_ARG(int64_t, channels);
  /// Added to the variance.
  TORCH_ARG(double, eps) = 1e-6;
  /// Whether there are a weight and a bias.
  TORCH_ARG(bool, affine) = true;
};

/// LayerNorm over the channels of channel-first tensors, each position by itself. (`torch::nn::LayerNorm`
/// normalises the last dimensions, and throws behind a convolution.) Keys as `nn.LayerNorm`.
/// Source: ConvNeXt's `LayerNorm2d`, as in torchvision.
class ChannelLayerNormImpl : public torch::nn::Cloneable<ChannelLayerNormImpl>, public Resettable {
 public:
  explicit ChannelLayerNormImpl(const ChannelLayerNormOptions& options);

  void reset() override;
  /// Weight ones, bias zeros.
  void reset_parameters() override;
  void pretty_print(std::ostream& stream) const override;
  /// `x`: [N, C, …], floating point, device and dtype of the parameters. \returns the same shape.
  /// \throws c10::Error if dimension 1 is not C.
  torch::Tensor forward(const torch::Tensor& x);

  ChannelLayerNormOptions options;
  /// [C], undefined without `affine`.
  torch::Tensor weight, bias;
};
TORCHTIDY_LIBRARY_MODULE_(ChannelLayerNorm);

/// A convolution of each channel by itself, and one of size 1 across the channels; keys `depthwise.*` and
/// `pointwise.*`. Source: MobileNet (Howard et al., 2017).
class DepthwiseSeparableConvImpl : public torch::nn::Cloneable<DepthwiseSeparableConvImpl> {
 public:
  /// `options` as of the convolution that this replaces. \throws c10::Error if they have `groups`.
  explicit DepthwiseSeparableConvImpl(const torch::nn::Conv2dOptions& options);

  void reset() override;
  /// `x`: [N, in_channels, H, W], device and dtype of the weights. \returns [N, out_channels, H', W'].
  torch::Tensor forward(const torch::Tensor& x);

  torch::nn::Conv2dOptions options;
  TensorSlot depthwise{*this, "depthwise"};
  TensorSlot pointwise{*this, "pointwise"};
};
TORCHTIDY_LIBRARY_MODULE_(DepthwiseSeparableConv);

} // namespace torchtidy
