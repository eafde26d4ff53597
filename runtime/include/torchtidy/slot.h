#pragma once

/// \file
/// `ModuleSlot`: a place in a model for any module with a given call signature, never empty.
///
/// \code
/// struct BlockImpl : torch::nn::Module {
///   explicit BlockImpl(bool project) {
///     if (project) {
///       skip.set(*this, torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 8, 1)));
///     }                                                  // else it stays Identity
///   }
///   torch::Tensor forward(torch::Tensor x) {
///     return skip(x);                                    // no `if`
///   }
///   torchtidy::ModuleSlot<torch::Tensor(torch::Tensor)> skip{*this, "skip"};
/// };
/// block->skip.set(block, torch::nn::Identity(), optimizer);    // swapped at run time
/// \endcode
///
/// The module in the slot is registered in its parent under the name of the slot, so that keys are Python's
/// (`skip.weight`), `named_modules()` finds it as what it is, and it moves, trains and is saved with the
/// parent.
///
/// What belongs where: a *layer* that does nothing is `Identity`. A *branch* of a sum that adds nothing is
/// `Zero`: `out + Identity(x)` adds x.
///
/// Guarantees: never null; every module in a slot can be hooked by its name, whatever its class; `set` keeps
/// the training mode of the parent, and the optimiser that it is given.
///
/// Limits: `Identity` and `Zero` have no keys, so a state dict of the variant with weights does not fit the
/// one without: `load_state_dict` says so (unexpected or missing keys), while `torch::load` drops the weights
/// without a word. Hooks stay with the module, not with the slot. As every holder, a copy of a slot is
/// another name for the same place: both see what `set` puts there. In a `Cloneable` class call `set` in
/// `reset()`: that makes the copy's slot one of its own.

#include <torchtidy/hooks.h>

#include <torch/nn/modules/linear.h>
#include <torch/optim/optimizer.h>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <typeindex>
#include <utility>

namespace torchtidy {

/// Adds nothing: gives a scalar zero of the dtype and device of `x`, which a sum of any shape takes. No
/// gradient flows to `x` through it. For the branch of a sum that a variant of a model lacks.
class ZeroImpl : public torch::nn::Cloneable<ZeroImpl> {
 public:
  void reset() override {}
  /// `x`: any shape. \returns shape [].
  torch::Tensor forward(const torch::Tensor& x) {
    return torch::zeros({}, x.options().requires_grad(false));
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::Zero()";
  }
};
TORCHTIDY_LIBRARY_MODULE_(Zero);

namespace detail {

/// Gives its first argument back: `Identity` for any signature.
template <typename Signature>
class PassFirstImpl;
template <typename R, typename First, typename... Rest>
class PassFirstImpl<R(First, Rest...)> : public torch::nn::Cloneable<PassFirstImpl<R(First, Rest...)>> {
 public:
  void reset() override {}
  R forward(First first, Rest... /*rest*/) {
    return static_cast<R>(std::forward<First>(first));
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::Identity()";
  }
};

template <typename Signature>
struct FirstConverts : std::false_type {};
template <typename R, typename First, typename... Rest>
struct FirstConverts<R(First, Rest...)> : std::is_convertible<First, R> {};

/// The hooks of `module`, which has no `HookSite` of its own; the caller keeps them alive.
std::shared_ptr<HookSite> attach_site(const std::shared_ptr<Module>& module);

/// Puts `next` into `parent` as `name`. \throws c10::Error if something other than `last` has this name.
void put_module(
    Module& parent,
    const std::string& name,
    const std::shared_ptr<Module>& last,
    const std::shared_ptr<Module>& next);

} // namespace detail

/// How an optimiser follows a swap.
struct SwapOptions {
  /// The whole model: the optimiser forgets those of the old parameters that nothing in it uses. Without it,
  /// those that neither `parent` uses nor a module that anybody still holds: parameters of their own kind
  /// tied to other modules (`decoder->weight = encoder->weight`) are not seen.
  SwapOptions& model(ModuleRef value) {
    model_ = &*value;
    return *this;
  }
  /// The parameter group that the new parameters join. Without it, that of the old ones, or the only one.
  SwapOptions& group(size_t value) {
    group_ = value;
    return *this;
  }

  torch::nn::Module* model_ = nullptr;
  Optional<size_t> group_;
};

namespace detail {

/// The group that `next` would join. \throws c10::Error if that is not known.
size_t group_for(torch::optim::Optimizer& optimizer, Module& last, Module& next, const SwapOptions& options);

/// Makes `optimizer` forget the parameters of `last` that are not used any more, with their state, and step
/// those of `next`, in `group`.
void swap_parameters(
    torch::optim::Optimizer& optimizer,
    Module& parent,
    std::shared_ptr<Module> last,
    Module& next,
    size_t group,
    const SwapOptions& options);

} // namespace detail

template <typename Signature>
class Layer;
template <typename Signature>
class ModuleSlot;

/// A module of any class whose `forward` can be called with `Args...` and gives what converts to `R`: what a
/// slot holds, before it is in one. A value that shares the module, as a holder does; never null.
template <typename R, typename... Args>
class Layer<R(Args...)> {
 public:
  /// `module`: a holder or a `shared_ptr` of a Module class. \throws c10::Error if it is null.
  template <typename M, typename = std::enable_if_t<!std::is_same_v<M, Layer>>>
  Layer(M module) {
    if constexpr (torch::detail::is_module_holder<M>::value) {
      TORCH_CHECK(!module.is_empty(), "The module is null; use torch::nn::Identity");
      hold(module.ptr());
    } else {
      TORCH_CHECK(module, "The module is null; use torch::nn::Identity");
      hold(std::move(module));
    }
  }

  /// Calls the module, with its hooks.
  R operator()(Args... args) const {
    if (C10_LIKELY(site_ == nullptr || !site_->hooked())) {
      return call_(typed_, std::forward<Args>(args)...);
    }
    return detail::run_hooked<R, Args...>(
        *module_,
        *site_,
        [this](auto&&... values) -> R { return call_(typed_, std::forward<decltype(values)>(values)...); },
        std::forward<Args>(args)...);
  }

  const std::shared_ptr<torch::nn::Module>& ptr() const {
    return module_;
  }

  // No moves, so that none is ever empty.
  Layer(const Layer&) = default;
  Layer& operator=(const Layer&) = default;

 private:
  using Call = R (*)(void*, Args...);

  template <typename Impl>
  static R call_as(void* module, Args... args) {
    return static_cast<R>(static_cast<Impl*>(module)->forward(std::forward<Args>(args)...));
  }

  template <typename Impl>
  void hold(std::shared_ptr<Impl> module) {
    static_assert(std::is_base_of_v<torch::nn::Module, Impl>, "A Layer holds a torch::nn::Module");
    call_ = &call_as<Impl>;
    typed_ = module.get();
    site_ = std::is_base_of_v<HookSite, Impl> ? nullptr : detail::attach_site(module);
    module_ = std::move(module);
  }

  std::shared_ptr<torch::nn::Module> module_;
  // Null if the module has hooks of its own.
  std::shared_ptr<HookSite> site_;
  // What is in `module_`, as the type that `call_` takes: Module is a virtual base in LibTorch 1.x, so that
  // only a dynamic_cast at each call would find it.
  void* typed_ = nullptr;
  Call call_ = nullptr;
};

/// A slot for modules whose `forward` can be called with `Args...` and gives what converts to `R`.
template <typename R, typename... Args>
class ModuleSlot<R(Args...)> {
 public:
  /// Registers an `Identity` in `parent` as `name` (if `R` can be made from the first argument). As the
  /// initialiser of a data member: `{*this, "skip"}`.
  /// \throws c10::Error if `parent` has a child of this name already.
  ModuleSlot(torch::nn::Module& parent, std::string name) : name_(std::move(name)) {
    static_assert(
        detail::FirstConverts<R(Args...)>::value,
        "Identity does not fit this signature: give the first module to the constructor");
    if constexpr (std::is_same_v<R, torch::Tensor> && sizeof...(Args) == 1) {
      put(parent, torch::nn::Identity());
    } else {
      put(parent, std::make_shared<detail::PassFirstImpl<R(Args...)>>());
    }
  }
  /// Registers `module` in `parent` as `name`. \throws c10::Error as `set`.
  template <typename M>
  ModuleSlot(torch::nn::Module& parent, std::string name, M module) : name_(std::move(name)) {
    put(parent, layer_of(std::move(module)));
  }
  /// Another name for the same place. No moves: no slot is ever empty.
  ModuleSlot(const ModuleSlot& other) : name_(other.name_), place_(other.place_), is_copy_(true) {}
  /// For `clone()`, which assigns whole modules.
  ModuleSlot& operator=(const ModuleSlot& other) {
    if (this != &other) {
      name_ = other.name_;
      place_ = other.place_;
      is_copy_ = true;
    }
    return *this;
  }

  /// Registers `module` (a holder, a `shared_ptr` of a Module class, or a `Layer`) in place of the one that
  /// is there. It takes over the training mode of `parent`; dtype and device stay its own.
  /// \param parent the module that has this slot: `*this`, a holder or a `shared_ptr`.
  /// \throws c10::Error if it is null or has a null child, or if `parent` is another module.
  template <typename M>
  void set(ModuleRef parent, M module) {
    put(*parent, layer_of(std::move(module)));
  }
  /// The same, and `optimizer` steps the parameters of the new module instead of those of the old one: in the
  /// same group, without the old ones' momentum. Parameters that are still used stay (see
  /// `SwapOptions::model`). (Without this, it goes on stepping what the model does not use any more.)
  /// \throws c10::Error, before anything is changed, as the other `set`, and if the optimiser has several
  /// groups and none steps the old module, which may have had no parameters (see `SwapOptions::group`).
  template <typename M>
  void set(ModuleRef parent, M module, torch::optim::Optimizer& optimizer, const SwapOptions& options = {}) {
    const auto next = layer_of(std::move(module));
    auto last = ptr();
    const size_t group = detail::group_for(optimizer, *last, *next.ptr(), options);
    put(*parent, next);
    detail::swap_parameters(optimizer, *parent, std::move(last), *next.ptr(), group, options);
  }

  /// Calls the module, with its hooks.
  R operator()(Args... args) const {
    return place_->layer(std::forward<Args>(args)...);
  }
  /// As the call.
  R forward(Args... args) const {
    return (*this)(std::forward<Args>(args)...);
  }

  /// What is in the slot.
  torch::nn::Module& module() const {
    return *ptr();
  }
  const std::shared_ptr<torch::nn::Module>& ptr() const {
    return place_->layer.ptr();
  }
  /// What is in the slot as an `M`, null if it is something else.
  template <typename M>
  auto* as() const {
    return ptr()->template as<M>();
  }
  const std::string& name() const {
    return name_;
  }

 private:
  using Held = Layer<R(Args...)>;
  struct Place {
    Held layer;
    // Only to be compared.
    const torch::nn::Module* parent;
    std::type_index parent_type;
    // Where in its parent the slot is, if it is a member.
    std::ptrdiff_t offset;
  };

  std::ptrdiff_t offset_in(const torch::nn::Module& parent) const {
    // From the start of the object: Module is a virtual base in LibTorch 1.x, elsewhere in each class.
    // NOLINTNEXTLINE(bugprone-casting-through-void): dynamic_cast to void * finds that start
    return reinterpret_cast<const char*>(this) - static_cast<const char*>(dynamic_cast<const void*>(&parent));
  }

  /// Whether this is the slot of a clone of the place's parent. Of another module of the same class it is
  /// not either: that one has a child of this name already.
  bool is_of_clone(const torch::nn::Module& parent) const {
    // A class that is made hookable is another one when its slot is made than it is later.
    return is_copy_ && (place_->parent_type == typeid(parent) || place_->offset == offset_in(parent));
  }

  template <typename M>
  Held layer_of(M module) const {
    if constexpr (torch::detail::is_module_holder<M>::value) {
      TORCH_CHECK(
          !module.is_empty(), "ModuleSlot '", name_, "': the module is null; use torch::nn::Identity");
    } else if constexpr (!std::is_same_v<M, Held>) {
      TORCH_CHECK(module, "ModuleSlot '", name_, "': the module is null; use torch::nn::Identity");
    }
    return Held(std::move(module));
  }

  void put(torch::nn::Module& parent, const Held& next) {
    const bool is_here = place_ != nullptr && place_->parent == &parent;
    TORCH_CHECK(
        place_ == nullptr || is_here || is_of_clone(parent),
        "ModuleSlot '",
        name_,
        "' belongs to another module than this ",
        parent.name(),
        ". Give set() the module that the slot is a member of");
    detail::put_module(parent, name_, place_ != nullptr ? ptr() : nullptr, next.ptr());
    if (is_here) {
      place_->layer = next;
    } else {
      // Of a copy's parent (see clone()) it is the only slot.
      place_ = std::make_shared<Place>(Place{next, &parent, typeid(parent), offset_in(parent)});
      is_copy_ = false;
    }
    module().train(parent.is_training());
  }

  std::string name_;
  // Shared by the copies.
  std::shared_ptr<Place> place_;
  bool is_copy_ = false;
};

} // namespace torchtidy
