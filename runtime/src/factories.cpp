#include "near_names.h"

#include <torchtidy/factories.h>
#include <torchtidy/init.h>

#include <torch/nn/functional/normalization.h>
#include <torch/nn/modules.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>
#include <mutex>

namespace torchtidy {

TORCHTIDY_LIBRARY_MODULE_KNOWN_(ChannelLayerNorm);
TORCHTIDY_LIBRARY_MODULE_KNOWN_(DepthwiseSeparableConv);
namespace {

namespace nn = torch::nn;

bool is_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  });
}

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Parsed {
  std::string name;
  std::vector<double> values;
};

/// "name" or "name(1, 2.5)".
Parsed parse(const std::string& text) {
  const auto check = [&](bool good) {
    TORCH_CHECK(
        good, "'", text, "' is not understood: write a name, or a name with numbers, as 'name(32, 0.5)'");
  };
  const size_t open = text.find('(');
  Parsed parsed{trimmed(text.substr(0, open)), {}};
  check(is_name(parsed.name));
  if (open == std::string::npos) {
    return parsed;
  }
  const std::string rest = trimmed(text.substr(open + 1));
  check(!rest.empty() && rest.back() == ')');
  const std::string inside = trimmed(rest.substr(0, rest.size() - 1));
  for (size_t start = 0; !inside.empty() && start <= inside.size();) {
    const size_t end = std::min(inside.find(',', start), inside.size());
    const std::string item = trimmed(inside.substr(start, end - start));
    char* stop = nullptr;
    const double value = std::strtod(item.c_str(), &stop);
    check(!item.empty() && *stop == '\0' && std::isfinite(value));
    parsed.values.push_back(value);
    start = end + 1;
  }
  return parsed;
}

/// What the names of a kind stand for.
template <typename Kind>
class Registry {
 public:
  using Maker = typename Kind::Maker;

  Registry(const char* what, std::map<std::string, Maker> makers) : what_(what), makers_(std::move(makers)) {}

  void add(const std::string& name, Maker maker) {
    TORCH_CHECK(
        is_name(name),
        "'",
        name,
        "' cannot be the name of a ",
        what_,
        ": use letters, digits, '_', '.' and '-'");
    TORCH_CHECK(maker, "The ", what_, " '", name, "' has no function that makes it");
    std::lock_guard<std::mutex> lock(mutex_);
    makers_[name] = std::move(maker);
  }
  std::vector<std::string> names() const {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, maker] : makers_) {
      names.push_back(name);
    }
    return names;
  }
  typename Kind::Make make(const std::string& text) const {
    const Parsed parsed = parse(text);
    const Maker maker = find(parsed.name);
    TORCH_CHECK(
        maker,
        "There is no ",
        what_,
        " '",
        parsed.name,
        "'; ",
        detail::near_names(parsed.name, names(), 5, "there are"));
    return maker(FactoryArguments(text, parsed.values));
  }

 private:
  Maker find(const std::string& name) const {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = makers_.find(name);
    return found == makers_.end() ? nullptr : found->second;
  }

  const char* what_;
  mutable std::mutex mutex_;
  std::map<std::string, Maker> makers_;
};

/// A norm class whose options are `Options(channels).eps(eps)`.
template <typename M, typename Options>
NormFactory::Maker norm_with_eps(double otherwise) {
  return [=](const FactoryArguments& arguments) -> NormFactory::Make {
    const double eps = arguments.at_most(1).number(0, otherwise);
    return [=](int64_t channels) { return M(Options(channels).eps(eps)); };
  };
}

NormFactory::Make group_norm(const FactoryArguments& arguments) {
  const int64_t groups = arguments.at_most(2).integer(0, 32);
  const double eps = arguments.number(1, 1e-5);
  const std::string& text = arguments.text();
  TORCH_CHECK(groups > 0, "'", text, "': the number of groups must be positive");
  return [=](int64_t channels) {
    TORCH_CHECK(
        channels % groups == 0,
        "'",
        text,
        "': ",
        channels,
        " channels cannot be split into ",
        groups,
        " groups");
    return nn::GroupNorm(nn::GroupNormOptions(groups, channels).eps(eps));
  };
}

NormFactory::Make layer_norm_last(const FactoryArguments& arguments) {
  const double eps = arguments.at_most(1).number(0, 1e-5);
  return [=](int64_t channels) { return nn::LayerNorm(nn::LayerNormOptions({channels}).eps(eps)); };
}

/// A class that takes no arguments, for any kind.
template <typename Kind, typename M>
typename Kind::Maker plain() {
  return [](const FactoryArguments& arguments) -> typename Kind::Make {
    arguments.at_most(0);
    return [](auto&&...) { return M(); };
  };
}

/// An activation class whose options are made of one number.
template <typename M, typename Options, Options& (*Set)(Options&, double)>
ActivationFactory::Maker with_number(double otherwise) {
  return [=](const FactoryArguments& arguments) -> ActivationFactory::Make {
    const double value = arguments.at_most(1).number(0, otherwise);
    return [=] {
      Options options;
      return M(Set(options, value));
    };
  };
}
nn::LeakyReLUOptions& set_slope(nn::LeakyReLUOptions& options, double value) {
  return options.negative_slope(value);
}
nn::ELUOptions& set_alpha(nn::ELUOptions& options, double value) {
  return options.alpha(value);
}
nn::CELUOptions& set_celu_alpha(nn::CELUOptions& options, double value) {
  return options.alpha(value);
}

ActivationFactory::Make gelu_tanh(const FactoryArguments& arguments) {
  arguments.at_most(0);
  return [] { return nn::GELU(nn::GELUOptions().approximate("tanh")); };
}

template <typename M>
ConvFactory::Maker conv() {
  return [](const FactoryArguments& arguments) -> ConvFactory::Make {
    arguments.at_most(0);
    return [](const nn::Conv2dOptions& options) { return M(options); };
  };
}

auto& registry_of(NormFactory* /*kind*/) {
  static auto* registry = new Registry<NormFactory>(
      "norm",
      {{"batch_norm", norm_with_eps<nn::BatchNorm2d, nn::BatchNormOptions>(1e-5)},
       {"batch_norm1d", norm_with_eps<nn::BatchNorm1d, nn::BatchNormOptions>(1e-5)},
       {"batch_norm3d", norm_with_eps<nn::BatchNorm3d, nn::BatchNormOptions>(1e-5)},
       {"instance_norm", norm_with_eps<nn::InstanceNorm2d, nn::InstanceNormOptions>(1e-5)},
       {"group_norm", group_norm},
       {"layer_norm", norm_with_eps<ChannelLayerNorm, ChannelLayerNormOptions>(1e-6)},
       {"layer_norm_last", layer_norm_last},
       {"identity", plain<NormFactory, nn::Identity>()}});
  return *registry;
}

auto& registry_of(ActivationFactory* /*kind*/) {
  using Kind = ActivationFactory;
  static auto* registry = new Registry<ActivationFactory>(
      "activation",
      {{"relu", plain<Kind, nn::ReLU>()},
       {"relu6", plain<Kind, nn::ReLU6>()},
       {"leaky_relu", with_number<nn::LeakyReLU, nn::LeakyReLUOptions, set_slope>(0.01)},
       {"prelu", plain<Kind, nn::PReLU>()},
       {"elu", with_number<nn::ELU, nn::ELUOptions, set_alpha>(1)},
       {"selu", plain<Kind, nn::SELU>()},
       {"celu", with_number<nn::CELU, nn::CELUOptions, set_celu_alpha>(1)},
       {"gelu", plain<Kind, nn::GELU>()},
       {"gelu_tanh", gelu_tanh},
       {"silu", plain<Kind, nn::SiLU>()},
       {"mish", plain<Kind, nn::Mish>()},
       {"sigmoid", plain<Kind, nn::Sigmoid>()},
       {"tanh", plain<Kind, nn::Tanh>()},
       {"softplus", plain<Kind, nn::Softplus>()},
       {"identity", plain<Kind, nn::Identity>()}});
  return *registry;
}

auto& registry_of(ConvFactory* /*kind*/) {
  static auto* registry = new Registry<ConvFactory>(
      "convolution", {{"conv", conv<nn::Conv2d>()}, {"depthwise_separable", conv<DepthwiseSeparableConv>()}});
  return *registry;
}

template <typename Kind>
auto& registry() {
  return registry_of(static_cast<Kind*>(nullptr));
}

} // namespace

int64_t FactoryArguments::integer(size_t index, int64_t otherwise) const {
  const double value = number(index, static_cast<double>(otherwise));
  TORCH_CHECK(
      value == std::floor(value) && std::abs(value) < 1e15,
      "'",
      text_,
      "': argument ",
      index + 1,
      " must be a whole number");
  return static_cast<int64_t>(value);
}

const FactoryArguments& FactoryArguments::at_most(size_t count) const {
  TORCH_CHECK(
      values_.size() <= count,
      "'",
      text_,
      "' has ",
      values_.size(),
      values_.size() == 1 ? " argument" : " arguments",
      ", it may have ",
      count);
  return *this;
}

template <typename Kind, typename... Args>
Factory<Kind, Args...>::Factory(const std::string& text)
    : make_(registry<Factory>().make(text)), text_(text) {}

template class Factory<detail::NormKind, int64_t>;
template class Factory<detail::ActivationKind>;
template class Factory<detail::ConvKind, const torch::nn::Conv2dOptions&>;

void register_norm(const std::string& name, NormFactory::Maker maker) {
  registry<NormFactory>().add(name, std::move(maker));
}
void register_activation(const std::string& name, ActivationFactory::Maker maker) {
  registry<ActivationFactory>().add(name, std::move(maker));
}
void register_conv(const std::string& name, ConvFactory::Maker maker) {
  registry<ConvFactory>().add(name, std::move(maker));
}

std::vector<std::string> norm_names() {
  return registry<NormFactory>().names();
}
std::vector<std::string> activation_names() {
  return registry<ActivationFactory>().names();
}
std::vector<std::string> conv_names() {
  return registry<ConvFactory>().names();
}

ChannelLayerNormImpl::ChannelLayerNormImpl(const ChannelLayerNormOptions& options) : options(options) {
  reset();
}

void ChannelLayerNormImpl::reset() {
  TORCH_CHECK(options.channels() > 0, "ChannelLayerNorm: ", options.channels(), " channels");
  if (options.affine()) {
    weight = register_parameter("weight", torch::empty({options.channels()}));
    bias = register_parameter("bias", torch::empty({options.channels()}));
  }
  reset_parameters();
}

void ChannelLayerNormImpl::reset_parameters() {
  init::ones()(weight);
  init::zeros()(bias);
}

void ChannelLayerNormImpl::pretty_print(std::ostream& stream) const {
  stream << "torchtidy::ChannelLayerNorm(" << options.channels() << ", eps=" << options.eps() << ")";
}

torch::Tensor ChannelLayerNormImpl::forward(const torch::Tensor& x) {
  TORCH_CHECK(
      x.dim() >= 2 && x.size(1) == options.channels(),
      "ChannelLayerNorm: the input is ",
      x.sizes(),
      ", it must be [N, ",
      options.channels(),
      ", ...]");
  const auto normed = torch::layer_norm(x.movedim(1, -1), {options.channels()}, weight, bias, options.eps());
  return normed.movedim(-1, 1);
}

DepthwiseSeparableConvImpl::DepthwiseSeparableConvImpl(const torch::nn::Conv2dOptions& options)
    : options(options) {
  reset();
}

void DepthwiseSeparableConvImpl::reset() {
  TORCH_CHECK(
      options.groups() == 1, "A depthwise separable convolution cannot have groups (", options.groups(), ")");
  auto each = options;
  each.out_channels(options.in_channels()).groups(options.in_channels()).bias(false);
  depthwise.set(*this, torch::nn::Conv2d(each));
  pointwise.set(
      *this,
      torch::nn::Conv2d(
          torch::nn::Conv2dOptions(options.in_channels(), options.out_channels(), 1).bias(options.bias())));
}

torch::Tensor DepthwiseSeparableConvImpl::forward(const torch::Tensor& x) {
  return pointwise(depthwise(x));
}

} // namespace torchtidy
