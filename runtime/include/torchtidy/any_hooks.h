#pragma once

/// \file
/// Hooks on the children of models that were written without hooks in mind: what `torch::nn::Sequential`,
/// and any `torch::nn::AnyModule`, holds.
///
/// `AnyModule` calls the module that it holds through a virtual function; making it hookable swaps the
/// object behind that call. The model, its modules, names and parameters stay the same objects.
/// \code
/// torch::nn::Sequential net(torch::nn::Linear(4, 8), torch::nn::ReLU(), Block(8));
/// torchtidy::enable_any_hooks<BlockImpl>();                       // once, for each own class
/// auto handle = torchtidy::register_forward_hook(net, "1", hook); // by name: swapped on the way
/// \endcode
///
/// Limits: only calls through the `AnyModule` are seen (`net->forward(x)`, `any.forward(x)`), not
/// `net->at<LinearImpl>(0).forward(x)` or a typed holder of the same module; a `ModuleList` calls nothing
/// itself, so its plain elements cannot be hooked (its Sequentials' children and hookable elements can).
/// Do not make a container hookable while another thread runs it.

#include <torchtidy/hooks.h>

#include <torch/nn/modules/container/any.h>
#include <torch/nn/modules/container/sequential.h>

#include <memory>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

// AnyModuleHolder is a friend of every Module, so that it can ask for forward's default arguments. A
// specialisation is a friend as well, and can ask on behalf of the hookable holder.
namespace torchtidy {
namespace detail {
struct DefaultArguments;
} // namespace detail
} // namespace torchtidy

namespace torch {
namespace nn {
template <>
struct AnyModuleHolder<torchtidy::detail::DefaultArguments> {
  static void fill(Module& module, std::vector<AnyValue>& arguments, size_t parameters) {
    if (module._forward_has_default_args() && arguments.size() >= module._forward_num_required_args() &&
        arguments.size() < parameters) {
      arguments = module._forward_populate_default_args(std::move(arguments));
    }
  }
};
} // namespace nn
} // namespace torch

namespace torchtidy {
namespace detail {

/// Holds a module as `AnyModuleHolder` does, and runs hooks around `forward`.
template <typename M, typename... Params>
struct HookingHolder final : torch::nn::AnyModuleHolder<M, Params...> {
  using Base = torch::nn::AnyModuleHolder<M, Params...>;
  using Arguments = std::vector<torch::nn::AnyValue>;

  HookingHolder(std::shared_ptr<M> module, std::shared_ptr<HookSite> hook_site)
      : Base(std::move(module)), site(std::move(hook_site)) {}

  torch::nn::AnyValue forward(Arguments&& arguments) override {
    if (C10_LIKELY(!site->hooked())) {
      return Base::forward(std::move(arguments));
    }
    torch::nn::AnyModuleHolder<DefaultArguments>::fill(*this->module, arguments, sizeof...(Params));
    return forward_hooked(arguments, std::index_sequence_for<Params...>());
  }

  template <size_t... I>
  torch::nn::AnyValue forward_hooked(Arguments& arguments, std::index_sequence<I...> /*indices*/) {
    if (arguments.size() != sizeof...(Params) ||
        !(true && ... && (arguments[I].template try_get<std::decay_t<Params>>() != nullptr))) {
      return Base::forward(std::move(arguments)); // reports what is wrong
    }
    using Result = decltype(this->module->forward(std::declval<Params>()...));
    return torch::nn::AnyValue(
        run_hooked<Result, std::decay_t<Params>...>(
            *this->module,
            *site,
            [this](auto&&... values) -> Result {
              return this->module->forward(std::forward<decltype(values)>(values)...);
            },
            std::move(*arguments[I].template try_get<std::decay_t<Params>>())...));
  }

  std::unique_ptr<torch::nn::AnyModulePlaceholder> copy() const override {
    return std::make_unique<HookingHolder>(*this);
  }

  // Shared by all copies of the AnyModule; a clone (a plain holder) starts without.
  std::shared_ptr<HookSite> site;
};

using AnyContent = std::unique_ptr<torch::nn::AnyModulePlaceholder>;
using SwapContent = void (*)(AnyContent& content, std::shared_ptr<HookSite> site);

/// Makes `swap` the way to swap contents of type `holder`.
void register_swap(std::type_index holder, SwapContent swap);

template <typename M, typename... Params>
void swap_content(AnyContent& content, std::shared_ptr<HookSite> site) {
  auto& plain = static_cast<torch::nn::AnyModuleHolder<M, Params...>&>(*content);
  content = std::make_unique<HookingHolder<M, Params...>>(plain.module, std::move(site));
}

template <typename M>
struct SwapFor {
  template <typename R, typename C, typename... Params>
  static void enable(R (C::* /*forward*/)(Params...)) {
    register_swap(typeid(torch::nn::AnyModuleHolder<M, Params...>), &swap_content<M, Params...>);
  }
};

} // namespace detail

/// Tells the library how to make an `AnyModule` that holds an `Impl` hookable. The built-in modules are
/// known; call this once for each own class that sits in a `Sequential`. Thread-safe.
template <typename Impl>
void enable_any_hooks() {
  detail::SwapFor<Impl>::enable(&Impl::forward);
}

/// Makes every child of every `Sequential` in the tree hookable, and every `Sequential` itself.
/// \returns the dotted names of the children that cannot be: their class is not known
/// (`enable_any_hooks`), nor hookable by itself. Calling it again is harmless.
std::vector<std::string> make_hookable(torch::nn::Module& root);

/// The same for one `AnyModule`. \returns whether it is hookable now.
bool make_hookable(torch::nn::AnyModule& module);

/// The same for a holder.
template <typename Impl>
std::vector<std::string> make_hookable(const torch::nn::ModuleHolder<Impl>& root) {
  return make_hookable(static_cast<torch::nn::Module&>(*root.ptr()));
}

} // namespace torchtidy
