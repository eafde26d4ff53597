#pragma once

/// \file
/// Module hooks for LibTorch: forward-pre, forward, full-backward-pre and full-backward, with the names,
/// order and return values of Python's `torch.nn.Module`.
///
/// Make modules hookable:
/// \code
/// namespace hnn = torchtidy::hnn;                       // <torchtidy/hnn.h>
/// struct NetImpl : torch::nn::Module {
///   hnn::Linear fc{nullptr};                            // was torch::nn::Linear
///   …
/// };
/// TORCHTIDY_MODULE(Net);                                // was TORCH_MODULE(Net)
/// \endcode
///
/// Hook them:
/// \code
/// auto handle = torchtidy::register_forward_hook(
///     net, "fc", [](torch::nn::Module&, const torchtidy::Values& in, torchtidy::Values& out) {
///       std::cout << out.tensor().sizes() << '\n';
///     });                                               // removed when `handle` goes out of scope
/// \endcode
///
/// Guarantees: `m(x)` and `m->forward(x)` both run the hooks; names, parameters, archives, `to`, `clone`
/// and printing stay as they were; adding and removing is safe on any thread and inside any hook.
///
/// Limits: hooks are not copied by `clone()` (see `copy_hooks`); `forward` must be one non-template
/// function (else derive from `HookSite` and call `run_with_hooks`); calls that LibTorch itself makes to
/// the children of its own `Transformer` are not seen; a hook that captures the holder of its module keeps
/// the module alive: use the `Module&` that it is given.

#include <torchtidy/handles.h>
#include <torchtidy/module_ref.h>
#include <torchtidy/values.h>

#include <torch/nn/cloneable.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/container/any.h>
#include <torch/nn/pimpl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {

class HookSite;

namespace detail {
/// The hooks of a site, made if there are none yet.
const std::shared_ptr<HookState>& state_of(HookSite& site);
} // namespace detail

/// One gradient a tensor of the inputs (or outputs), undefined where there is none.
using Grads = std::vector<torch::Tensor>;

/// What happens when a hook throws.
enum class ErrorPolicy {
  /// The exception leaves the forward or backward call, as in Python.
  propagate,
  /// The exception is kept in the handle (`ScopedHook::errors`) and the call goes on.
  collect,
};

/// How a hook is registered.
struct HookOptions {
  /// Runs the hook before those that are there, as Python's `prepend=True`.
  HookOptions& prepend(bool value) {
    prepend_ = value;
    return *this;
  }
  /// Runs a forward hook also when forward or an earlier hook throws, as Python's `always_call=True`;
  /// the outputs are empty then. What it throws itself in that case is dropped with a warning.
  HookOptions& always_call(bool value) {
    always_call_ = value;
    return *this;
  }
  /// What happens when the hook throws (default: the exception propagates).
  HookOptions& on_error(ErrorPolicy value) {
    on_error_ = value;
    return *this;
  }

  bool prepend_ = false;
  bool always_call_ = false;
  ErrorPolicy on_error_ = ErrorPolicy::propagate;
};

namespace detail {

using torch::nn::Module;

using ForwardPreFn = std::function<void(Module&, Values& inputs)>;
using ForwardFn = std::function<void(Module&, const Values& inputs, Values& outputs)>;
using BackwardPreFn = std::function<Grads(Module&, const Grads& grad_outputs)>;
using BackwardFn = std::function<Grads(Module&, const Grads& grad_inputs, const Grads& grad_outputs)>;

enum class HookKind { forward_pre, forward, backward_pre, backward };

struct HookEntry;
struct HookLists;
class HookState;

/// The part of `HookState` that every call reads: whether there is any hook.
struct HookFlag {
  std::atomic<bool> present{false};
};

std::shared_ptr<HookEntry> make_entry(ForwardPreFn fn, const HookOptions& options);
std::shared_ptr<HookEntry> make_entry(ForwardFn fn, const HookOptions& options);
std::shared_ptr<HookEntry> make_entry(BackwardPreFn fn, const HookOptions& options);
std::shared_ptr<HookEntry> make_entry(BackwardFn fn, const HookOptions& options);

ScopedHook add_entry(const std::shared_ptr<HookState>& state, std::shared_ptr<HookEntry> entry);
const std::shared_ptr<HookState>& global_hook_state();
/// Whether there is any global hook. Constant-initialised: modules with static lifetime are called before
/// `main`.
extern HookFlag global_hooks;

template <typename T>
struct is_optional_tensor : std::is_same<T, Optional<torch::Tensor>> {};

/// Gives a hook's return value the meaning that it has in Python: None (void, an undefined Tensor, an
/// empty list) changes nothing, anything else replaces what the hook was given.
template <typename Result>
void replace_with(Values& values, Result&& result) {
  using Plain = std::decay_t<Result>;
  if constexpr (std::is_same_v<Plain, torch::Tensor>) {
    if (result.defined()) {
      values.replace_tensors({std::forward<Result>(result)});
    }
  } else if constexpr (is_optional_tensor<Plain>::value) {
    if (result.has_value()) {
      values.replace_tensors({*std::forward<Result>(result)});
    }
  } else {
    static_assert(
        std::is_same_v<Plain, std::vector<torch::Tensor>>,
        "A forward hook returns void, a Tensor, an optional Tensor or a std::vector<Tensor>; "
        "use Values::set for values of other types");
    if (!result.empty()) {
      values.replace_tensors(result);
    }
  }
}

template <typename Hook>
ForwardPreFn adapt_forward_pre(Hook hook) {
  if constexpr (std::is_invocable_v<Hook&, Module&, Values&>) {
    using Result = std::invoke_result_t<Hook&, Module&, Values&>;
    if constexpr (std::is_void_v<Result>) {
      return ForwardPreFn(std::move(hook));
    } else {
      return [hook = std::move(hook)](Module& module, Values& inputs) mutable {
        replace_with(inputs, hook(module, inputs));
      };
    }
  } else {
    static_assert(
        std::is_invocable_v<Hook&, Module&, const torch::Tensor&>,
        "A forward-pre hook takes (torch::nn::Module&, torchtidy::Values& inputs) or "
        "(torch::nn::Module&, const torch::Tensor& input)");
    return adapt_forward_pre([hook = std::move(hook)](Module& module, Values& inputs) mutable {
      return hook(module, inputs.tensor(0));
    });
  }
}

template <typename Hook>
ForwardFn adapt_forward(Hook hook) {
  if constexpr (std::is_invocable_v<Hook&, Module&, const Values&, Values&>) {
    using Result = std::invoke_result_t<Hook&, Module&, const Values&, Values&>;
    if constexpr (std::is_void_v<Result>) {
      return ForwardFn(std::move(hook));
    } else {
      return [hook = std::move(hook)](Module& module, const Values& inputs, Values& outputs) mutable {
        replace_with(outputs, hook(module, inputs, outputs));
      };
    }
  } else {
    static_assert(
        std::is_invocable_v<Hook&, Module&, const torch::Tensor&, const torch::Tensor&>,
        "A forward hook takes (torch::nn::Module&, const torchtidy::Values& inputs, torchtidy::Values& "
        "outputs) or (torch::nn::Module&, const torch::Tensor& input, const torch::Tensor& output)");
    return adapt_forward(
        [hook = std::move(hook)](Module& module, const Values& inputs, Values& outputs) mutable {
          return hook(module, inputs.tensor(0), outputs.empty() ? torch::Tensor() : outputs.tensor(0));
        });
  }
}

template <typename Result>
Grads to_grads(Result&& result) {
  if constexpr (std::is_same_v<std::decay_t<Result>, torch::Tensor>) {
    return result.defined() ? Grads{std::forward<Result>(result)} : Grads{};
  } else {
    return Grads(std::forward<Result>(result));
  }
}

template <typename Hook>
BackwardPreFn adapt_backward_pre(Hook hook) {
  static_assert(
      std::is_invocable_v<Hook&, Module&, const Grads&>,
      "A full-backward-pre hook takes (torch::nn::Module&, const torchtidy::Grads& grad_outputs)");
  return [hook = std::move(hook)](Module& module, const Grads& grad_outputs) mutable -> Grads {
    if constexpr (std::is_void_v<std::invoke_result_t<Hook&, Module&, const Grads&>>) {
      hook(module, grad_outputs);
      return {};
    } else {
      return to_grads(hook(module, grad_outputs));
    }
  };
}

template <typename Hook>
BackwardFn adapt_backward(Hook hook) {
  static_assert(
      std::is_invocable_v<Hook&, Module&, const Grads&, const Grads&>,
      "A full-backward hook takes (torch::nn::Module&, const torchtidy::Grads& grad_inputs, "
      "const torchtidy::Grads& grad_outputs)");
  return [hook = std::move(hook)](
             Module& module, const Grads& grad_inputs, const Grads& grad_outputs) mutable -> Grads {
    if constexpr (std::is_void_v<std::invoke_result_t<Hook&, Module&, const Grads&, const Grads&>>) {
      hook(module, grad_inputs, grad_outputs);
      return {};
    } else {
      return to_grads(hook(module, grad_inputs, grad_outputs));
    }
  };
}

} // namespace detail

/// The place of a module's hooks. `HookedImpl` has one; a class whose `forward` is overloaded or a template
/// derives from it itself and calls `run_with_hooks` in `forward`.
///
/// Copies of a site start without hooks. All members are safe to call from several threads.
class HookSite {
 public:
  HookSite() noexcept = default;
  HookSite(const HookSite& /*other*/) noexcept {}
  HookSite& operator=(const HookSite& /*other*/) noexcept {
    return *this;
  }

  /// Whether a call must run hooks: the module's own or global ones.
  bool hooked() const noexcept;

  /// As the free functions of the same names, for this module.
  template <typename Hook>
  ScopedHook register_forward_pre_hook(Hook hook, const HookOptions& options = {}) {
    return detail::add_entry(
        state(), detail::make_entry(detail::adapt_forward_pre(detail::copyable(std::move(hook))), options));
  }
  template <typename Hook>
  ScopedHook register_forward_hook(Hook hook, const HookOptions& options = {}) {
    return detail::add_entry(
        state(), detail::make_entry(detail::adapt_forward(detail::copyable(std::move(hook))), options));
  }
  template <typename Hook>
  ScopedHook register_full_backward_pre_hook(Hook hook, const HookOptions& options = {}) {
    return detail::add_entry(
        state(), detail::make_entry(detail::adapt_backward_pre(detail::copyable(std::move(hook))), options));
  }
  template <typename Hook>
  ScopedHook register_full_backward_hook(Hook hook, const HookOptions& options = {}) {
    return detail::add_entry(
        state(), detail::make_entry(detail::adapt_backward(detail::copyable(std::move(hook))), options));
  }

  /// \internal The hooks, or null if none was ever registered.
  detail::HookState* state_or_null() const noexcept;

 private:
  friend const std::shared_ptr<detail::HookState>& detail::state_of(HookSite& site);
  const std::shared_ptr<detail::HookState>& state();

  // Made at the first registration and kept until the site dies, so that a call on another thread never
  // sees it go away.
  std::shared_ptr<detail::HookState> owner_;
  std::atomic<detail::HookFlag*> flag_{nullptr};
};

namespace detail {

/// One call with hooks. `before`, then the module's forward, then `after`; `failed` if anything threw.
class HookRun {
 public:
  HookRun(Module& module, const HookSite& site);
  ~HookRun();
  HookRun(const HookRun&) = delete;
  HookRun& operator=(const HookRun&) = delete;

  void before(Values& inputs);
  void after(const Values& inputs, Values& outputs);
  /// Runs the forward hooks with `always_call` that have not run yet. Never throws.
  void failed(const Values& inputs, Values& outputs) noexcept;

 private:
  void run_forward_hooks(const Values& inputs, Values& outputs);

  Module& module_;
  HookState* state_;
  // A BackwardLink, which this header need not know.
  c10::intrusive_ptr<c10::intrusive_ptr_target> backward_;
  std::vector<const HookEntry*> called_;
  bool failed_ = false;
};

/// A view of somebody else's tensors.
template <typename Param>
constexpr bool is_tensor_view = std::is_same_v<std::decay_t<Param>, at::TensorList>;

/// How a parameter is kept while hooks may replace it and still see it after forward: own copies of what
/// came by value or const reference (of the tensors of a view), the caller's variable for `T&`.
template <typename Param>
using Stored = std::conditional_t<
    is_tensor_view<Param>,
    std::vector<torch::Tensor>,
    std::conditional_t<
        std::is_lvalue_reference_v<Param> &&
            (!std::is_const_v<std::remove_reference_t<Param>> ||
             !std::is_copy_constructible_v<std::decay_t<Param>>),
        Param,
        std::decay_t<Param>>>;

template <typename Param>
decltype(auto) store(std::remove_reference_t<Param>& value) {
  if constexpr (is_tensor_view<Param>) {
    return value.vec();
  } else {
    return static_cast<Param&&>(value);
  }
}

template <typename Param>
decltype(auto) pass_stored(std::remove_reference_t<Stored<Param>>& value) {
  if constexpr (is_tensor_view<Param>) {
    return at::TensorList(value);
  } else if constexpr (std::is_lvalue_reference_v<Param>) {
    return static_cast<Param>(value);
  } else if constexpr (std::is_copy_constructible_v<std::decay_t<Param>>) {
    return std::decay_t<Param>(value);
  } else {
    return std::move(value);
  }
}

/// Calls `forward` with `args`, hooks before and after. `Params` are the types of its parameters.
template <typename Result, typename... Params, typename Forward>
Result run_hooked(Module& module, const HookSite& site, Forward&& forward, Params... args) {
  std::tuple<Stored<Params>...> stored(store<Params>(args)...);
  Slot slots[sizeof...(Params) + 1];
  size_t next = 0;
  std::apply([&](auto&... values) { ((slots[next++] = make_slot(values)), ...); }, stored);
  Values inputs(slots, sizeof...(Params));
  Values nothing;

  HookRun run(module, site);
  try {
    run.before(inputs);
    const auto call = [&]() -> Result {
      return std::apply(
          [&](auto&... values) -> Result { return forward(pass_stored<Params>(values)...); }, stored);
    };
    if constexpr (std::is_void_v<Result>) {
      call();
      run.after(inputs, nothing);
    } else {
      decltype(auto) result = call();
      OutputSlots<std::remove_reference_t<decltype(result)>> outputs(result);
      run.after(inputs, outputs.values);
      return result;
    }
  } catch (...) {
    run.failed(inputs, nothing);
    throw;
  }
}

/// Keeps the name that `Impl` would have had: `Module::name()` reads the dynamic type otherwise.
bool set_module_name(Module& module, const std::type_info& type);

struct Adopt {};

/// Parametrized tensors of a module itself (parametrize.h): whether there are any; registers their values in
/// place of them; gives `to` copies of those of `from`.
bool has_parametrizations(const Module& module) noexcept;
void bake_parametrizations(Module& module);
void clone_parametrizations(const Module& from, Module& to, const Optional<torch::Device>& device);

template <typename Self, typename Impl>
std::shared_ptr<Module> clone_hooked(const Impl& self, const Optional<torch::Device>& device) {
  const bool parametrized = has_parametrizations(self);
  std::shared_ptr<Module> copy;
  // Cloneable knows only `Impl`: let it make the deep copy, then move that into a hookable module.
  if (C10_LIKELY(!parametrized)) {
    copy = self.Impl::clone(device);
  } else {
    // Cloneable compares with what reset() registers.
    Impl baked(self);
    static_cast<Module&>(baked) = self;
    bake_parametrizations(baked);
    copy = baked.Impl::clone(device);
  }
  const auto typed = std::dynamic_pointer_cast<Impl>(copy);
  TORCH_CHECK(typed, "clone() of a hookable ", self.name(), " gave a module of another type");
  auto hooked = std::make_shared<Self>(Adopt{}, *typed);
  if (parametrized) {
    clone_parametrizations(self, *hooked, device);
  }
  return hooked;
}

template <typename Signature>
struct WithoutNoexcept {
  using type = Signature;
};
template <typename R, typename C, typename... Args>
struct WithoutNoexcept<R (C::*)(Args...) noexcept> {
  using type = R (C::*)(Args...);
};
template <typename R, typename C, typename... Args>
struct WithoutNoexcept<R (C::*)(Args...) const noexcept> {
  using type = R (C::*)(Args...) const;
};

/// The type of `&Impl::forward`; void if there is none, several, or a template.
template <typename Impl, typename = void>
struct ForwardType {
  static_assert(sizeof(Impl) != 0, "Define the class before its hookable holder");
  using type = void;
};
template <typename Impl>
struct ForwardType<Impl, std::void_t<decltype(&Impl::forward)>> : WithoutNoexcept<decltype(&Impl::forward)> {
};

template <typename Impl>
using ForwardOf = typename ForwardType<Impl>::type;

template <typename T>
constexpr bool always_false = false;

} // namespace detail

inline bool HookSite::hooked() const noexcept {
  const detail::HookFlag* flag = flag_.load(std::memory_order_acquire);
  return (flag != nullptr && flag->present.load(std::memory_order_acquire)) ||
      detail::global_hooks.present.load(std::memory_order_acquire);
}

/// `Impl` with hooks: a subclass whose `forward` has the same signature, runs the forward-pre hooks, the
/// forward of `Impl`, the forward hooks, and puts the backward hooks into the graph.
///
/// `forward` of `Impl` must be one non-template function. Shapes, dtypes, devices and errors are those of
/// `Impl`. Mirrors `torch.nn.Module.__call__`.
template <typename Impl, typename Signature = detail::ForwardOf<Impl>>
class HookedImpl : public Impl {
  static_assert(
      detail::always_false<Impl>,
      "make_hooked, HookedImpl and TORCHTIDY_MODULE need a class with one public non-template forward. Where "
      "forward is overloaded or a template, derive the class from torchtidy::HookSite, call "
      "torchtidy::run_with_hooks in forward, and declare its holder with TORCH_MODULE");

 public:
  using Impl::Impl;
};

#define TORCHTIDY_HOOKED_IMPL_(CONST)                                                                      \
  template <typename Impl, typename R, typename C, typename... Args>                                       \
  class HookedImpl<Impl, R (C::*)(Args...) CONST> : public Impl, public HookSite {                         \
    static_assert(std::is_base_of_v<torch::nn::Module, Impl>, "HookedImpl needs a torch::nn::Module");     \
    static_assert(!std::is_base_of_v<HookSite, Impl>, "This module is hookable already: use it as it is"); \
                                                                                                           \
   public:                                                                                                 \
    using Impl::Impl;                                                                                      \
    HookedImpl() = default;                                                                                \
    HookedImpl(const HookedImpl&) = default;                                                               \
    HookedImpl& operator=(const HookedImpl&) = default;                                                    \
    /* \internal What clone() uses. */                                                                     \
    HookedImpl(detail::Adopt, const Impl& other) : Impl(other) {                                           \
      /* Module may be a virtual base (LibTorch 1.x), which Impl's copy leaves out. */                     \
      static_cast<torch::nn::Module&>(*this) = other;                                                      \
      named_ = detail::set_module_name(*this, typeid(Impl));                                               \
    }                                                                                                      \
                                                                                                           \
    R forward(Args... args) CONST {                                                                        \
      if (C10_LIKELY(!this->hooked())) {                                                                   \
        return Impl::forward(std::forward<Args>(args)...);                                                 \
      }                                                                                                    \
      return detail::run_hooked<R, Args...>(                                                               \
          const_cast<HookedImpl&>(*this),                                                                  \
          *this,                                                                                           \
          [this](auto&&... values) -> R {                                                                  \
            return Impl::forward(std::forward<decltype(values)>(values)...);                               \
          },                                                                                               \
          std::forward<Args>(args)...);                                                                    \
    }                                                                                                      \
                                                                                                           \
    std::shared_ptr<torch::nn::Module> clone(const Optional<torch::Device>& device = {}) const override {  \
      if constexpr (std::is_copy_constructible_v<Impl>) {                                                  \
        return detail::clone_hooked<HookedImpl, Impl>(*this, device);                                      \
      } else {                                                                                             \
        return Impl::clone(device);                                                                        \
      }                                                                                                    \
    }                                                                                                      \
                                                                                                           \
   private:                                                                                                \
    bool named_ = detail::set_module_name(*this, typeid(Impl));                                            \
  }

TORCHTIDY_HOOKED_IMPL_();
TORCHTIDY_HOOKED_IMPL_(const);
#undef TORCHTIDY_HOOKED_IMPL_

/// Makes a hookable module without a holder: `auto net = torchtidy::make_hooked<Net>(10, 2)`.
template <typename Impl, typename... Args>
std::shared_ptr<HookedImpl<Impl>> make_hooked(Args&&... args) {
  return std::make_shared<HookedImpl<Impl>>(std::forward<Args>(args)...);
}

/// As TORCH_MODULE(Name): the holder `Name` of `NameImpl`, hookable.
#define TORCHTIDY_MODULE(Name) TORCHTIDY_MODULE_IMPL(Name, Name##Impl)

/// As TORCH_MODULE_IMPL(Name, ImplType): the holder `Name` of `ImplType`, hookable.
#define TORCHTIDY_MODULE_IMPL(Name, ImplType)                                       \
  class Name : public torch::nn::ModuleHolder<::torchtidy::HookedImpl<ImplType>> {  \
   public:                                                                          \
    using torch::nn::ModuleHolder<::torchtidy::HookedImpl<ImplType>>::ModuleHolder; \
    using Impl [[maybe_unused]] = ::torchtidy::HookedImpl<ImplType>;                \
                                                                                    \
   private:                                                                         \
    /* For Sequentials that hold it and are hooked as a whole. */                   \
    inline static const bool known_ = ::torchtidy::detail::know_holder_of<Impl>();  \
  }

/// \internal The same for a class of this library, which one of its files makes known, with
/// `TORCHTIDY_LIBRARY_MODULE_KNOWN_`: to be able to would cost every file that includes the header.
#define TORCHTIDY_LIBRARY_MODULE_(Name)                                  \
  class Name : public torch::nn::ModuleHolder<HookedImpl<Name##Impl>> {  \
   public:                                                               \
    using torch::nn::ModuleHolder<HookedImpl<Name##Impl>>::ModuleHolder; \
    using Impl [[maybe_unused]] = HookedImpl<Name##Impl>;                \
  }
#define TORCHTIDY_LIBRARY_MODULE_KNOWN_(Name) \
  [[maybe_unused]] static const bool known_##Name = detail::know_holder_of<HookedImpl<Name##Impl>>()

/// For classes that derive from `HookSite` themselves (overloaded or template `forward`): runs `body` with
/// `args`, hooks before and after.
/// \code
/// torch::Tensor forward(torch::Tensor x) {
///   return torchtidy::run_with_hooks(*this, [&](torch::Tensor x) { return net_(x); }, x);
/// }
/// \endcode
/// Arguments and the result are passed by value.
template <typename Self, typename Body, typename... Args>
auto run_with_hooks(Self& self, Body&& body, Args&&... args) {
  using Result = std::decay_t<std::invoke_result_t<Body&, std::decay_t<Args>&&...>>;
  static_assert(std::is_base_of_v<HookSite, Self>, "run_with_hooks needs a class derived from HookSite");
  if (C10_LIKELY(!self.hooked())) {
    return static_cast<Result>(body(std::decay_t<Args>(std::forward<Args>(args))...));
  }
  return detail::run_hooked<Result, std::decay_t<Args>...>(
      const_cast<std::remove_const_t<Self>&>(self),
      self,
      std::forward<Body>(body),
      std::forward<Args>(args)...);
}

/// Whether hooks can be registered on this module.
bool is_hookable(ConstModuleRef module);

/// The hooks of a module.
/// \throws c10::Error naming the module, the cause and the ways to make it hookable.
HookSite& hook_site(ModuleRef module);

/// The hooks of the module with this dotted name ("" is the model itself), as in `named_modules()`.
/// A child of a `torch::nn::Sequential` is made hookable on the way.
/// \throws c10::Error if there is no such name (near ones are listed) or it cannot be hooked.
HookSite& hook_site(ModuleRef model, const std::string& name);

/// The module with this dotted name. \throws c10::Error with near names.
std::shared_ptr<torch::nn::Module> find_module(ModuleRef model, const std::string& name);

/// Makes what an `AnyModule` holds hookable, and gives its hooks (see any_hooks.h for own classes).
/// \throws c10::Error if its type is not known.
HookSite& hook_site(torch::nn::AnyModule& module);

namespace detail {
/// Not a name.
template <typename Hook>
using EnableIfHook = std::enable_if_t<!std::is_convertible_v<Hook, std::string>>;
} // namespace detail

/// Registers a hook that runs before `forward`: `(Module&, Values& inputs)` or `(Module&, const Tensor&)`.
/// What it returns (a Tensor, or a list of all tensors) replaces the inputs; `void`, an undefined Tensor
/// or an empty list keeps them. A generic lambda is called with `Values`.
/// Mirrors `Module.register_forward_pre_hook`.
template <typename Hook, typename = detail::EnableIfHook<Hook>>
ScopedHook register_forward_pre_hook(ModuleRef module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_forward_pre_hook(std::move(hook), options);
}
/// The same for what an `AnyModule` holds.
template <typename Hook>
ScopedHook register_forward_pre_hook(
    torch::nn::AnyModule& module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_forward_pre_hook(std::move(hook), options);
}
/// The same for the module called `name` in `model`.
template <typename Hook>
ScopedHook register_forward_pre_hook(
    ModuleRef model, const std::string& name, Hook hook, const HookOptions& options = {}) {
  return hook_site(model, name).register_forward_pre_hook(std::move(hook), options);
}

/// Registers a hook that runs after `forward`: `(Module&, const Values& inputs, Values& outputs)` or
/// `(Module&, const Tensor& input, const Tensor& output)`. What it returns replaces the outputs.
/// Mirrors `Module.register_forward_hook`.
template <typename Hook, typename = detail::EnableIfHook<Hook>>
ScopedHook register_forward_hook(ModuleRef module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_forward_hook(std::move(hook), options);
}
/// The same for what an `AnyModule` holds.
template <typename Hook>
ScopedHook register_forward_hook(torch::nn::AnyModule& module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_forward_hook(std::move(hook), options);
}
/// The same for the module called `name` in `model`.
template <typename Hook>
ScopedHook register_forward_hook(
    ModuleRef model, const std::string& name, Hook hook, const HookOptions& options = {}) {
  return hook_site(model, name).register_forward_hook(std::move(hook), options);
}

/// Registers a hook that runs when the gradients of the outputs are there, before those of the inputs are
/// computed: `(Module&, const Grads& grad_outputs)`. What it returns replaces the gradients.
/// Runs on the autograd engine's thread: the caller's on CPU, the device's on CUDA.
/// Mirrors `Module.register_full_backward_pre_hook`.
template <typename Hook, typename = detail::EnableIfHook<Hook>>
ScopedHook register_full_backward_pre_hook(ModuleRef module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_full_backward_pre_hook(std::move(hook), options);
}
/// The same for what an `AnyModule` holds.
template <typename Hook>
ScopedHook register_full_backward_pre_hook(
    torch::nn::AnyModule& module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_full_backward_pre_hook(std::move(hook), options);
}
/// The same for the module called `name` in `model`.
template <typename Hook>
ScopedHook register_full_backward_pre_hook(
    ModuleRef model, const std::string& name, Hook hook, const HookOptions& options = {}) {
  return hook_site(model, name).register_full_backward_pre_hook(std::move(hook), options);
}

/// Registers a hook that runs when the gradients of the inputs have been computed:
/// `(Module&, const Grads& grad_inputs, const Grads& grad_outputs)`. What it returns replaces `grad_inputs`.
/// One gradient a positional argument: undefined for those that are no tensors, zeros for inputs without one.
/// As in Python, tensors inside tuples are not seen, an input or output may not be changed in place, and a
/// module none of whose inputs needs a gradient runs its hooks when the gradients of its outputs are there.
/// Runs on the autograd engine's thread. Mirrors `Module.register_full_backward_hook`.
template <typename Hook, typename = detail::EnableIfHook<Hook>>
ScopedHook register_full_backward_hook(ModuleRef module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_full_backward_hook(std::move(hook), options);
}
/// The same for what an `AnyModule` holds.
template <typename Hook>
ScopedHook register_full_backward_hook(
    torch::nn::AnyModule& module, Hook hook, const HookOptions& options = {}) {
  return hook_site(module).register_full_backward_hook(std::move(hook), options);
}
/// The same for the module called `name` in `model`.
template <typename Hook>
ScopedHook register_full_backward_hook(
    ModuleRef model, const std::string& name, Hook hook, const HookOptions& options = {}) {
  return hook_site(model, name).register_full_backward_hook(std::move(hook), options);
}

/// Registers a global hook: it runs for every hookable module, before the module's own. The hook is as in the
/// function without `module_` in its name. Mirrors
/// `torch.nn.modules.module.register_module_forward_pre_hook`.
template <typename Hook>
ScopedHook register_module_forward_pre_hook(Hook hook, const HookOptions& options = {}) {
  return detail::add_entry(
      detail::global_hook_state(),
      detail::make_entry(detail::adapt_forward_pre(detail::copyable(std::move(hook))), options));
}
/// The same after `forward`. Mirrors `torch.nn.modules.module.register_module_forward_hook`.
template <typename Hook>
ScopedHook register_module_forward_hook(Hook hook, const HookOptions& options = {}) {
  return detail::add_entry(
      detail::global_hook_state(),
      detail::make_entry(detail::adapt_forward(detail::copyable(std::move(hook))), options));
}
/// The same for gradients of outputs. Mirrors
/// `torch.nn.modules.module.register_module_full_backward_pre_hook`.
template <typename Hook>
ScopedHook register_module_full_backward_pre_hook(Hook hook, const HookOptions& options = {}) {
  return detail::add_entry(
      detail::global_hook_state(),
      detail::make_entry(detail::adapt_backward_pre(detail::copyable(std::move(hook))), options));
}
/// The same for gradients of inputs. Mirrors `torch.nn.modules.module.register_module_full_backward_hook`.
template <typename Hook>
ScopedHook register_module_full_backward_hook(Hook hook, const HookOptions& options = {}) {
  return detail::add_entry(
      detail::global_hook_state(),
      detail::make_entry(detail::adapt_backward(detail::copyable(std::move(hook))), options));
}

/// Registers the hooks of every module of `from` on the module of the same name in `to` as well (a clone
/// starts without hooks). The functions are shared, order and options are kept; the returned handles remove
/// the copies. Modules that `to` lacks, or that cannot be hooked there, are an error.
HookHandles copy_hooks(ModuleRef from, ModuleRef to);

} // namespace torchtidy

#include <torchtidy/any_holder.h>
