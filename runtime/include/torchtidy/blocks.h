#pragma once

/// \file
/// Blocks whose parts can be chosen, hooked, cloned and initialised again.
///
/// \code
/// torchtidy::ResNetBlock block(torchtidy::ResNetBlockOptions(64, 128)
///                                  .stride(2)
///                                  .norm("group_norm(32)")
///                                  .activation("gelu"));
/// torchtidy::EncoderBlock encoder(torchtidy::EncoderBlockOptions(256, 8).norm_first(true));
/// block->reset_parameters();
/// \endcode
///
/// Every child is a registered module, never null: a shortcut that changes nothing is an `Identity`. Keys are
/// those of torchvision and of Python's `nn.TransformerEncoderLayer`. All blocks are made on the CPU in the
/// default dtype; inputs must have the device and dtype of the parameters.

#include <torchtidy/factories.h>
#include <torchtidy/hnn.h>
#include <torchtidy/init.h>

namespace torchtidy {

/// How a `ResNetBlock` is made.
struct ResNetBlockOptions {
  ResNetBlockOptions(int64_t in_channels, int64_t out_channels)
      : in_channels_(in_channels), out_channels_(out_channels) {}
  TORCH_ARG(int64_t, in_channels);
  TORCH_ARG(int64_t, out_channels);
  /// Of the first convolution, and of the shortcut.
  TORCH_ARG(int64_t, stride) = 1;
  /// Whether the convolutions have one; of no use before a norm.
  TORCH_ARG(bool, bias) = false;
  TORCH_ARG(NormFactory, norm) = "batch_norm";
  TORCH_ARG(ActivationFactory, activation) = "relu";
  TORCH_ARG(ConvFactory, conv) = "conv";
  /// Whether the last norm starts with weight zero, so that the block starts as its shortcut (Goyal et al.,
  /// 2017).
  TORCH_ARG(bool, zero_init_residual) = false;
};

/// Two 3x3 convolutions and a shortcut: `conv1 bn1 act1 conv2 bn2`, plus `downsample`, then `act2`.
/// `downsample` is `Identity`, or a 1x1 convolution (`downsample.0`) and a norm (`downsample.1`) if stride or
/// channels change. Source: He et al., 2015; torchvision's `BasicBlock`.
class ResNetBlockImpl : public torch::nn::Cloneable<ResNetBlockImpl>, public Resettable {
 public:
  /// \throws c10::Error as the factories and layers do.
  explicit ResNetBlockImpl(const ResNetBlockOptions& options);

  void reset() override;
  /// Convolutions Kaiming normal (fan out, ReLU) with zero biases, everything else as fresh.
  /// \throws c10::Error if a part with parameters has no known way to initialise them (see init.h).
  void reset_parameters() override;
  /// `x`: [N, in_channels, H, W]. \returns [N, out_channels, ⌈H / stride⌉, ⌈W / stride⌉].
  torch::Tensor forward(const torch::Tensor& x);

  ResNetBlockOptions options;
  TensorSlot conv1{*this, "conv1"}, bn1{*this, "bn1"}, act1{*this, "act1"};
  TensorSlot conv2{*this, "conv2"}, bn2{*this, "bn2"};
  TensorSlot downsample{*this, "downsample"}, act2{*this, "act2"};
};
TORCHTIDY_LIBRARY_MODULE_(ResNetBlock);

/// How a `Bottleneck` is made.
struct BottleneckOptions {
  /// The block gives 4 * `channels`.
  BottleneckOptions(int64_t in_channels, int64_t channels) : in_channels_(in_channels), channels_(channels) {}
  TORCH_ARG(int64_t, in_channels);
  TORCH_ARG(int64_t, channels);
  /// Of the 3x3 convolution (as torchvision, "ResNet v1.5"), and of the shortcut.
  TORCH_ARG(int64_t, stride) = 1;
  /// Of the 3x3 convolution (ResNeXt).
  TORCH_ARG(int64_t, groups) = 1;
  /// Channels of the 3x3 convolution: channels * base_width / 64 * groups.
  TORCH_ARG(int64_t, base_width) = 64;
  TORCH_ARG(bool, bias) = false;
  TORCH_ARG(NormFactory, norm) = "batch_norm";
  TORCH_ARG(ActivationFactory, activation) = "relu";
  TORCH_ARG(ConvFactory, conv) = "conv";
  /// As in `ResNetBlockOptions`.
  TORCH_ARG(bool, zero_init_residual) = false;
};

/// 1x1, 3x3 and 1x1 convolutions and a shortcut: `conv1 bn1 act1 conv2 bn2 act2 conv3 bn3`, plus
/// `downsample`, then `act3`. Source: He et al., 2015; torchvision's `Bottleneck`.
class BottleneckImpl : public torch::nn::Cloneable<BottleneckImpl>, public Resettable {
 public:
  /// Channels that come out, in multiples of `channels`.
  static constexpr int64_t expansion = 4;

  /// \throws c10::Error as the factories and layers do.
  explicit BottleneckImpl(const BottleneckOptions& options);

  void reset() override;
  /// As `ResNetBlock`.
  void reset_parameters() override;
  /// `x`: [N, in_channels, H, W]. \returns [N, 4 * channels, ⌈H / stride⌉, ⌈W / stride⌉].
  torch::Tensor forward(const torch::Tensor& x);

  BottleneckOptions options;
  TensorSlot conv1{*this, "conv1"}, bn1{*this, "bn1"}, act1{*this, "act1"};
  TensorSlot conv2{*this, "conv2"}, bn2{*this, "bn2"}, act2{*this, "act2"};
  TensorSlot conv3{*this, "conv3"}, bn3{*this, "bn3"};
  TensorSlot downsample{*this, "downsample"}, act3{*this, "act3"};
};
TORCHTIDY_LIBRARY_MODULE_(Bottleneck);

/// How an `EncoderBlock` is made; names and defaults of Python's `nn.TransformerEncoderLayer`.
struct EncoderBlockOptions {
  EncoderBlockOptions(int64_t d_model, int64_t nhead) : d_model_(d_model), nhead_(nhead) {}
  TORCH_ARG(int64_t, d_model);
  TORCH_ARG(int64_t, nhead);
  TORCH_ARG(int64_t, dim_feedforward) = 2048;
  TORCH_ARG(double, dropout) = 0.1;
  TORCH_ARG(ActivationFactory, activation) = "relu";
  /// A norm of the last dimension.
  TORCH_ARG(NormFactory, norm) = "layer_norm_last";
  /// Norms before attention and feed-forward (pre-norm) instead of after the sums (post-norm).
  TORCH_ARG(bool, norm_first) = false;
  /// Whether inputs are [N, S, E] instead of [S, N, E].
  TORCH_ARG(bool, batch_first) = false;
};

/// A layer of a transformer's encoder: self-attention and feed-forward, each with a residual sum. Unlike
/// LibTorch's own it has the pre-norm variant, and all children can be hooked.
/// Source: Vaswani et al., 2017; Python's `nn.TransformerEncoderLayer`.
class EncoderBlockImpl : public torch::nn::Cloneable<EncoderBlockImpl>, public HookSite, public Resettable {
 public:
  /// \throws c10::Error if `d_model` is no multiple of `nhead`.
  explicit EncoderBlockImpl(const EncoderBlockOptions& options);

  void reset() override;
  /// Everything as fresh, as in Python.
  /// \throws c10::Error if a part with parameters has no known way to initialise them (see init.h).
  void reset_parameters() override;
  /// `x`: [S, N, E], or [N, S, E] with `batch_first`. `mask`: [S, S] or [N * nhead, S, S], boolean (true: not
  /// attended) or added to the scores. `key_padding_mask`: [N, S], boolean, true where there is padding.
  /// \returns the shape of `x`.
  torch::Tensor forward(
      const torch::Tensor& x, const torch::Tensor& mask = {}, const torch::Tensor& key_padding_mask = {});

  EncoderBlockOptions options;
  hnn::MultiheadAttention self_attn{nullptr};
  hnn::Linear linear1{nullptr}, linear2{nullptr};
  hnn::Dropout dropout{nullptr}, dropout1{nullptr}, dropout2{nullptr};
  TensorSlot norm1{*this, "norm1"}, norm2{*this, "norm2"}, activation{*this, "activation"};

 private:
  torch::Tensor attend(torch::Tensor x, const torch::Tensor& mask, const torch::Tensor& key_padding_mask);
  torch::Tensor feed_forward(const torch::Tensor& x);
};
TORCH_MODULE(EncoderBlock);

/// How a `TemperatureAttention` is made.
struct TemperatureAttentionOptions {
  TemperatureAttentionOptions(int64_t d_model, int64_t d_k) : d_model_(d_model), d_k_(d_k) {}
  TORCH_ARG(int64_t, d_model);
  TORCH_ARG(int64_t, d_k);
  TORCH_ARG(bool, bias) = true;
};

/// Attention of one head whose scale is learned; it starts as 1 / √d_k.
class TemperatureAttentionImpl : public torch::nn::Cloneable<TemperatureAttentionImpl>, public Resettable {
 public:
  explicit TemperatureAttentionImpl(const TemperatureAttentionOptions& options);

  void reset() override;
  /// Xavier uniform (`output` with gain 0.5), zero biases, temperature 1 / √d_k.
  void reset_parameters() override;
  /// `x`: […, S, d_model]. \returns the same shape.
  torch::Tensor forward(const torch::Tensor& x);

  TemperatureAttentionOptions options;
  /// [1].
  torch::Tensor temperature;
  hnn::Linear query{nullptr}, key{nullptr}, value{nullptr}, output{nullptr};
};
TORCHTIDY_LIBRARY_MODULE_(TemperatureAttention);

/// How a `RunningStats` is made.
struct RunningStatsOptions {
  /* implicit */ RunningStatsOptions(int64_t num_features) : num_features_(num_features) {}
  TORCH_ARG(int64_t, num_features);
  /// Weight of the new batch.
  TORCH_ARG(double, momentum) = 0.1;
  /// Added to the variance.
  TORCH_ARG(double, eps) = 1e-5;
};

/// Normalises with running statistics, in training as in evaluation: unlike a BatchNorm it does the same to a
/// sample whatever else is in the batch. In training mode the buffers `running_mean` and `running_var` (the
/// unbiased variance) are brought up to date first, in place and outside the graph.
class RunningStatsImpl : public torch::nn::Cloneable<RunningStatsImpl>, public Resettable {
 public:
  explicit RunningStatsImpl(const RunningStatsOptions& options);

  void reset() override;
  /// Mean and bias zeros, variance and weight ones.
  void reset_parameters() override;
  /// `x`: [N, C]. \returns the same shape.
  /// \throws c10::Error for other shapes, and in training mode for N < 2, which has no variance.
  torch::Tensor forward(const torch::Tensor& x);

  RunningStatsOptions options;
  /// [C].
  torch::Tensor weight, bias, running_mean, running_var;
};
TORCHTIDY_LIBRARY_MODULE_(RunningStats);

} // namespace torchtidy
