#pragma once

/// \file
/// A Sequential inside a Sequential, with Python's keys (`0.0.weight`).
///
/// \code
/// torch::nn::Sequential net(
///     torchtidy::TensorSequential(torch::nn::Linear(4, 8), torch::nn::ReLU()), // "0"
///     torch::nn::Linear(8, 2));                                                 // "1"
/// \endcode
///
/// LibTorch's own `Sequential` (and `hnn::Sequential`) cannot stand in another: its `forward` is a template,
/// and an `AnyModule` holds no such module. This one takes and gives one tensor.

#include <torchtidy/hooks.h>

#include <torch/nn/modules/container/sequential.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace torchtidy {

/// A `torch::nn::SequentialImpl` of one tensor to one tensor.
class TensorSequentialImpl : public torch::nn::SequentialImpl {
  // The constructor of LibTorch's takes whatever comes, copies included.
  template <typename... Modules>
  struct IsCopy : std::false_type {};
  template <typename Module>
  struct IsCopy<Module> : std::is_base_of<torch::nn::SequentialImpl, std::decay_t<Module>> {};

 public:
  TensorSequentialImpl() = default;
  TensorSequentialImpl(const TensorSequentialImpl& other)
      :
#if TORCH_VERSION_MAJOR < 2
        torch::nn::Module(other), // a virtual base there
#endif
        torch::nn::SequentialImpl(static_cast<const torch::nn::SequentialImpl&>(other)) {
  }
  TensorSequentialImpl& operator=(const TensorSequentialImpl&) = default;
  /// Modules as `torch::nn::Sequential` takes them; names "0", "1", …
  template <
      typename First,
      typename... Rest,
      typename = std::enable_if_t<
          !IsCopy<First, Rest...>::value && !std::is_same_v<std::decay_t<First>, detail::Adopt>>>
  explicit TensorSequentialImpl(First&& first, Rest&&... rest) {
    push_back(std::forward<First>(first));
    (push_back(std::forward<Rest>(rest)), ...);
  }
  explicit TensorSequentialImpl(torch::OrderedDict<std::string, torch::nn::AnyModule>&& modules)
      : torch::nn::SequentialImpl(std::move(modules)) {}
  /// `{{"conv", torch::nn::Conv2d(3, 8, 3)}, {"relu", torch::nn::ReLU()}}`
  explicit TensorSequentialImpl(std::initializer_list<torch::nn::NamedAnyModule> modules)
      : torch::nn::SequentialImpl(modules) {}

  /// The output of the last module; each gets that of the one before. \throws c10::Error if it is empty, and
  /// what the modules throw.
  torch::Tensor forward(torch::Tensor input) {
    return torch::nn::SequentialImpl::forward<torch::Tensor>(std::move(input));
  }

  std::shared_ptr<torch::nn::Module> clone(const Optional<torch::Device>& device = {}) const override;
};

extern template class HookedImpl<TensorSequentialImpl>;

/// As `torch::nn::Sequential`, hookable as a whole, for a place in another; see the top of this file.
class TensorSequential : public torch::nn::ModuleHolder<HookedImpl<TensorSequentialImpl>> {
 public:
  using Impl = HookedImpl<TensorSequentialImpl>;
  using torch::nn::ModuleHolder<Impl>::ModuleHolder;
  TensorSequential() : ModuleHolder() {}
  TensorSequential(std::initializer_list<torch::nn::NamedAnyModule> modules)
      : ModuleHolder(std::make_shared<Impl>(modules)) {}
};

} // namespace torchtidy
