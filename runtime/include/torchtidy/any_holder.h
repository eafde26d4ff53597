#pragma once

/// \file
/// \internal What an `AnyModule` holds once it can be hooked. Part of hooks.h; its users' side is
/// any_hooks.h.

#include <torchtidy/hooks.h>

#include <torch/nn/modules/container/any.h>

#include <memory>
#include <tuple>
#include <type_traits>
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

class SequenceSite;
struct SequenceCall;

/// A holder that may stand in a Sequential that is hooked as a whole. Hooks of the Sequential belong to this
/// place: not to the module, which may be elsewhere as well, nor to a copy of the holder.
struct PlacedHolder {
  PlacedHolder() = default;
  PlacedHolder(const PlacedHolder& /*other*/) {}
  PlacedHolder& operator=(const PlacedHolder&) = delete;
  virtual ~PlacedHolder() = default;

  std::shared_ptr<SequenceSite> sequence;
  size_t index = 0;
};

/// What one place contributes to a call of its Sequential: the first begins it, the last ends it.
class SequenceStep {
 public:
  explicit SequenceStep(const PlacedHolder& place);

  /// Whether a call of the Sequential begins here and has hooks to run.
  bool begins() const;
  /// Runs the hooks before it. `slots` are the values in `inputs`.
  void begin(std::shared_ptr<void> inputs, const Slot* slots, size_t count);
  /// Whether this is part of a call with hooks.
  bool in_call() const {
    return call_ != nullptr;
  }
  bool is_last() const;
  /// The place's module has run; the call goes on.
  void leave();
  /// Runs the hooks after the call, which ends.
  void end(Values& outputs);
  /// Runs the hooks that always run; the call ends.
  void failed() noexcept;

 private:
  const PlacedHolder& place_;
  SequenceCall* call_ = nullptr;
};

/// Holds a module as `AnyModuleHolder` does, and runs hooks around `forward`: those of a module that has no
/// site of its own, and those of the Sequential around it.
template <typename M, typename... Params>
struct HookingHolder final : torch::nn::AnyModuleHolder<M, Params...>, PlacedHolder {
  using Base = torch::nn::AnyModuleHolder<M, Params...>;
  using Arguments = std::vector<torch::nn::AnyValue>;
  using Indices = std::index_sequence_for<Params...>;
  using Result = decltype(std::declval<M&>().forward(std::declval<Params>()...));

  HookingHolder(std::shared_ptr<M> held, std::shared_ptr<HookSite> own_site)
      : Base(std::move(held)), site(std::move(own_site)) {}

  torch::nn::AnyValue forward(Arguments&& arguments) override {
    if (C10_LIKELY(this->sequence == nullptr)) {
      return forward_module(std::move(arguments));
    }
    return forward_in_place(arguments, Indices());
  }

  torch::nn::AnyValue forward_module(Arguments&& arguments) {
    if constexpr (std::is_base_of_v<HookSite, M>) {
      return Base::forward(std::move(arguments));
    } else {
      if (C10_LIKELY(!site->hooked()) || !fits(arguments, Indices())) {
        return Base::forward(std::move(arguments)); // reports what is wrong
      }
      return forward_hooked(arguments, Indices());
    }
  }

  /// Fills in the default arguments; whether number and types are right then.
  template <size_t... I>
  bool fits(Arguments& arguments, std::index_sequence<I...> /*indices*/) {
    torch::nn::AnyModuleHolder<DefaultArguments>::fill(*this->module, arguments, sizeof...(Params));
    return arguments.size() == sizeof...(Params) &&
        (true && ... && (arguments[I].template try_get<std::decay_t<Params>>() != nullptr));
  }

  template <size_t... I>
  torch::nn::AnyValue forward_hooked(Arguments& arguments, std::index_sequence<I...> /*indices*/) {
    return torch::nn::AnyValue(
        run_hooked<Result, std::decay_t<Params>...>(
            *this->module,
            *site,
            [this](auto&&... values) -> Result {
              return this->module->forward(std::forward<decltype(values)>(values)...);
            },
            std::move(*arguments[I].template try_get<std::decay_t<Params>>())...));
  }

  template <size_t... I>
  torch::nn::AnyValue forward_in_place(Arguments& arguments, std::index_sequence<I...> indices) {
    SequenceStep step(*this);
    if (step.begins() && fits(arguments, indices)) {
      // Own copies: the hooks after the call see them.
      using Inputs = std::tuple<Stored<std::decay_t<Params>>...>;
      const auto inputs = std::make_shared<Inputs>(
          store<std::decay_t<Params>>(*arguments[I].template try_get<std::decay_t<Params>>())...);
      Slot slots[sizeof...(Params) + 1] = {make_slot(std::get<I>(*inputs))...};
      step.begin(inputs, slots, sizeof...(Params));
      ((arguments[I] = torch::nn::AnyValue(
            std::decay_t<Params>(pass_stored<std::decay_t<Params>>(std::get<I>(*inputs))))),
       ...);
    }
    if (C10_LIKELY(!step.in_call())) {
      return forward_module(std::move(arguments));
    }
    try {
      torch::nn::AnyValue result = forward_module(std::move(arguments));
      if (!step.is_last()) {
        step.leave();
        return result;
      }
      OutputSlots<std::decay_t<Result>> outputs(*result.template try_get<std::decay_t<Result>>());
      step.end(outputs.values);
      return result;
    } catch (...) {
      step.failed();
      throw;
    }
  }

  std::unique_ptr<torch::nn::AnyModulePlaceholder> copy() const override {
    return std::make_unique<HookingHolder>(*this);
  }

  // Shared by all copies of the AnyModule; a clone (a plain holder) starts without. Null if the module has a
  // site of its own.
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

/// Whether an AnyModule takes such a `forward`.
template <typename Forward>
struct FitsAnyModule : std::false_type {};
template <typename R, typename C, typename... Params>
struct FitsAnyModule<R (C::*)(Params...)>
    : std::bool_constant<
          !std::is_void_v<R> && std::is_copy_constructible_v<std::decay_t<R>> &&
          (true && ... &&
           ((!std::is_lvalue_reference_v<Params> || std::is_const_v<std::remove_reference_t<Params>>) &&
            std::is_copy_constructible_v<std::decay_t<Params>>))> {};

/// Makes `M` known to AnyModules, if one can hold it.
template <typename M>
bool know_holder_of() {
  using Forward = decltype(&M::forward);
  if constexpr (FitsAnyModule<Forward>::value) {
    SwapFor<M>::enable(static_cast<Forward>(&M::forward));
  }
  return true;
}

} // namespace detail
} // namespace torchtidy
