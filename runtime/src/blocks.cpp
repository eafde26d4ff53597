#include "convolutional.h"
#include "layer_types.h"
#include "tree.h"

#include <torchtidy/blocks.h>

#include <cmath>

namespace torchtidy {

TORCHTIDY_LIBRARY_MODULE_KNOWN_(ResNetBlock);
TORCHTIDY_LIBRARY_MODULE_KNOWN_(Bottleneck);
TORCHTIDY_LIBRARY_MODULE_KNOWN_(TemperatureAttention);
TORCHTIDY_LIBRARY_MODULE_KNOWN_(RunningStats);
namespace detail {
namespace {

template <typename... Impls>
bool init_convolution(Types<Impls...> /*types*/, Module& module) {
  const auto try_one = [](auto* conv) {
    if (conv != nullptr) {
      init::kaiming_normal(0, Fan::out, "relu")(conv->weight);
      init::zeros()(conv->bias);
    }
    return conv != nullptr;
  };
  return (try_one(dynamic_cast<Impls*>(&module)) || ...);
}

void check_known(Module& parent) {
  visit_modules(parent, "", [&](const std::string& prefix, Module& module) {
    TORCH_CHECK(
        &module == &parent || can_reset_own(module) ||
            module.named_parameters(false).size() + module.named_buffers(false).size() == 0,
        "No known way to initialise '",
        module_name(prefix),
        "' (",
        module.name(),
        ") of ",
        parent.name(),
        "; derive its class from torchtidy::Resettable, or call torchtidy::enable_reset<Impl>() once");
  });
}

void reset_below(Module& parent) {
  for (const auto& child : parent.children()) {
    if (dynamic_cast<Resettable*>(child.get()) != nullptr) {
      reset_own(*child);
      continue;
    }
    reset_below(*child);
    if (!init_convolution(Convolutions(), *child)) {
      reset_own(*child);
    }
  }
}

} // namespace

void init_convolutions(Module& root) {
  visit_modules(root, "", [](const std::string& /*prefix*/, Module& module) {
    init_convolution(Convolutions(), module);
  });
}

void reset_convolutional(Module& parent) {
  check_known(parent);
  reset_below(parent);
}

} // namespace detail

namespace {

namespace nn = torch::nn;
using torch::Tensor;

/// A convolution and a norm, with the keys of a Sequential.
class ConvNormImpl : public nn::Cloneable<ConvNormImpl> {
 public:
  ConvNormImpl(nn::Conv2dOptions conv, ConvFactory make_conv, NormFactory make_norm)
      : options_(std::move(conv)), make_conv_(std::move(make_conv)), make_norm_(std::move(make_norm)) {
    reset();
  }
  void reset() override {
    conv_.set(*this, make_conv_(options_));
    norm_.set(*this, make_norm_(options_.out_channels()));
  }
  Tensor forward(const Tensor& x) {
    return norm_(conv_(x));
  }

 private:
  nn::Conv2dOptions options_;
  ConvFactory make_conv_;
  NormFactory make_norm_;
  TensorSlot conv_{*this, "0"};
  TensorSlot norm_{*this, "1"};
};
TORCHTIDY_MODULE(ConvNorm);

template <typename Options>
TensorLayer convolution(
    const Options& options, int64_t in, int64_t out, int64_t size, int64_t stride = 1, int64_t groups = 1) {
  return options.conv()(
      nn::Conv2dOptions(in, out, size).stride(stride).padding(size / 2).groups(groups).bias(options.bias()));
}

template <typename Options>
TensorLayer shortcut(const Options& options, int64_t out) {
  if (options.stride() == 1 && options.in_channels() == out) {
    return nn::Identity();
  }
  const auto conv =
      nn::Conv2dOptions(options.in_channels(), out, 1).stride(options.stride()).bias(options.bias());
  return ConvNorm(conv, options.conv(), options.norm());
}

/// With `zero_init_residual` the weight of the last norm is zero: the block begins as its shortcut.
template <typename Options>
void init_residual(const Options& options, TensorSlot& last_norm) {
  if (!options.zero_init_residual()) {
    return;
  }
  const auto own = last_norm.module().named_parameters(false);
  const auto* weight = own.find("weight");
  TORCH_CHECK(
      weight != nullptr && weight->defined(),
      "zero_init_residual needs a norm with a weight, ",
      last_norm.module().name(),
      " has none");
  init::zeros()(*weight);
}

} // namespace

ResNetBlockImpl::ResNetBlockImpl(const ResNetBlockOptions& options) : options(options) {
  reset();
}

void ResNetBlockImpl::reset() {
  const int64_t out = options.out_channels();
  conv1.set(*this, convolution(options, options.in_channels(), out, 3, options.stride()));
  bn1.set(*this, options.norm()(out));
  act1.set(*this, options.activation()());
  conv2.set(*this, convolution(options, out, out, 3));
  bn2.set(*this, options.norm()(out));
  downsample.set(*this, shortcut(options, out));
  act2.set(*this, options.activation()());
  detail::init_convolutions(*this);
  init_residual(options, bn2);
}

void ResNetBlockImpl::reset_parameters() {
  detail::reset_convolutional(*this);
  init_residual(options, bn2);
}

Tensor ResNetBlockImpl::forward(const Tensor& x) {
  const auto out = bn2(conv2(act1(bn1(conv1(x)))));
  return act2(out + downsample(x));
}

BottleneckImpl::BottleneckImpl(const BottleneckOptions& options) : options(options) {
  reset();
}

void BottleneckImpl::reset() {
  const int64_t width = options.channels() * options.base_width() / 64 * options.groups();
  const int64_t out = options.channels() * expansion;
  conv1.set(*this, convolution(options, options.in_channels(), width, 1));
  bn1.set(*this, options.norm()(width));
  act1.set(*this, options.activation()());
  conv2.set(*this, convolution(options, width, width, 3, options.stride(), options.groups()));
  bn2.set(*this, options.norm()(width));
  act2.set(*this, options.activation()());
  conv3.set(*this, convolution(options, width, out, 1));
  bn3.set(*this, options.norm()(out));
  downsample.set(*this, shortcut(options, out));
  act3.set(*this, options.activation()());
  detail::init_convolutions(*this);
  init_residual(options, bn3);
}

void BottleneckImpl::reset_parameters() {
  detail::reset_convolutional(*this);
  init_residual(options, bn3);
}

Tensor BottleneckImpl::forward(const Tensor& x) {
  auto out = act1(bn1(conv1(x)));
  out = act2(bn2(conv2(out)));
  out = bn3(conv3(out));
  return act3(out + downsample(x));
}

EncoderBlockImpl::EncoderBlockImpl(const EncoderBlockOptions& options) : options(options) {
  // Slots register when they are made; reset() does it again, in the order that Python has.
  for (const auto& name : named_children().keys()) {
    unregister_module(name);
  }
  reset();
}

void EncoderBlockImpl::reset() {
  const int64_t d_model = options.d_model();
  TORCH_CHECK(
      options.nhead() > 0 && d_model % options.nhead() == 0,
      "EncoderBlock: d_model (",
      d_model,
      ") is no multiple of nhead (",
      options.nhead(),
      ")");
  self_attn = register_module(
      "self_attn",
      hnn::MultiheadAttention(
          nn::MultiheadAttentionOptions(d_model, options.nhead()).dropout(options.dropout())));
  linear1 = register_module("linear1", hnn::Linear(d_model, options.dim_feedforward()));
  dropout = register_module("dropout", hnn::Dropout(options.dropout()));
  linear2 = register_module("linear2", hnn::Linear(options.dim_feedforward(), d_model));
  norm1.set(*this, options.norm()(d_model));
  norm2.set(*this, options.norm()(d_model));
  dropout1 = register_module("dropout1", hnn::Dropout(options.dropout()));
  dropout2 = register_module("dropout2", hnn::Dropout(options.dropout()));
  activation.set(*this, options.activation()());
}

void EncoderBlockImpl::reset_parameters() {
  detail::check_children(*this);
  for (const auto& child : children()) {
    torchtidy::reset_parameters(*child);
  }
}

Tensor EncoderBlockImpl::attend(Tensor x, const Tensor& mask, const Tensor& key_padding_mask) {
  if (options.batch_first()) {
    x = x.transpose(0, 1);
  }
  auto out = std::get<0>(self_attn->forward(x, x, x, key_padding_mask, /*need_weights=*/false, mask));
  return dropout1->forward(options.batch_first() ? out.transpose(0, 1) : out);
}

Tensor EncoderBlockImpl::feed_forward(const Tensor& x) {
  return dropout2->forward(linear2->forward(dropout->forward(activation(linear1->forward(x)))));
}

Tensor EncoderBlockImpl::forward(const Tensor& x, const Tensor& mask, const Tensor& key_padding_mask) {
  const auto body = [this](Tensor x, const Tensor& mask, const Tensor& key_padding_mask) {
    if (options.norm_first()) {
      x = x + attend(norm1(x), mask, key_padding_mask);
      return x + feed_forward(norm2(x));
    }
    x = norm1(x + attend(x, mask, key_padding_mask));
    return norm2(x + feed_forward(x));
  };
  return run_with_hooks(*this, body, x, mask, key_padding_mask);
}

TemperatureAttentionImpl::TemperatureAttentionImpl(const TemperatureAttentionOptions& options)
    : options(options) {
  reset();
}

void TemperatureAttentionImpl::reset() {
  const auto linear = [&](int64_t in, int64_t out) {
    return hnn::Linear(nn::LinearOptions(in, out).bias(options.bias()));
  };
  temperature = register_parameter("temperature", torch::empty({1}));
  query = register_module("query", linear(options.d_model(), options.d_k()));
  key = register_module("key", linear(options.d_model(), options.d_k()));
  value = register_module("value", linear(options.d_model(), options.d_k()));
  output = register_module("output", linear(options.d_k(), options.d_model()));
  reset_parameters();
}

void TemperatureAttentionImpl::reset_parameters() {
  for (const auto& linear : {query, key, value, output}) {
    init::xavier_uniform(linear.ptr() == output.ptr() ? 0.5 : 1)(linear->weight);
    init::zeros()(linear->bias);
  }
  init::constant(1 / std::sqrt(static_cast<double>(options.d_k())))(temperature);
}

Tensor TemperatureAttentionImpl::forward(const Tensor& x) {
  const auto scores = torch::matmul(query->forward(x), key->forward(x).transpose(-2, -1)) * temperature;
  return output->forward(torch::matmul(torch::softmax(scores, -1), value->forward(x)));
}

RunningStatsImpl::RunningStatsImpl(const RunningStatsOptions& options) : options(options) {
  reset();
}

void RunningStatsImpl::reset() {
  const int64_t features = options.num_features();
  weight = register_parameter("weight", torch::empty({features}));
  bias = register_parameter("bias", torch::empty({features}));
  running_mean = register_buffer("running_mean", torch::empty({features}));
  running_var = register_buffer("running_var", torch::empty({features}));
  reset_parameters();
}

void RunningStatsImpl::reset_parameters() {
  init::ones()(weight);
  init::zeros()(bias);
  init::zeros()(running_mean);
  init::ones()(running_var);
}

Tensor RunningStatsImpl::forward(const Tensor& x) {
  TORCH_CHECK(
      x.dim() == 2 && x.size(1) == options.num_features(),
      "RunningStats: the input is ",
      x.sizes(),
      ", it must be [N, ",
      options.num_features(),
      "]");
  if (is_training()) {
    TORCH_CHECK(x.size(0) > 1, "RunningStats: a batch of ", x.size(0), " has no variance to train with");
    torch::NoGradGuard no_grad;
    running_mean.mul_(1 - options.momentum()).add_(x.mean(0), options.momentum());
    running_var.mul_(1 - options.momentum()).add_(x.var(0), options.momentum());
  }
  return (x - running_mean) / torch::sqrt(running_var + options.eps()) * weight + bias;
}

} // namespace torchtidy
