#pragma once

/// \file
/// Initialisation that can be run again: `reset_parameters` for whole models.
///
/// \code
/// torchtidy::reset_parameters(model);           // as fresh as from the constructors
/// \endcode
///
/// LibTorch's layers have `reset_parameters` functions that nothing can call through a `Module&`. Own layers take
/// part by deriving from `Resettable`, or by one call of `enable_reset<Impl>()`.

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <functional>
#include <typeindex>
#include <typeinfo>

namespace torchtidy {

/// For own modules with parameters: what initialises those of the module itself (children see to themselves, and
/// run before).
class Resettable {
 public:
  virtual ~Resettable() = default;
  virtual void reset_parameters() = 0;
};

namespace detail {

using torch::nn::Module;

/// Initialises the module's own tensors if its class is known. \returns whether it is.
bool reset_own(Module& module);
/// Whether `reset_own` would do something.
bool can_reset_own(Module& module);

void register_reset(std::type_index type, std::function<void(Module&)> reset);

} // namespace detail

/// Makes `Impl::reset_parameters()`, which initialises the tensors of an `Impl` itself, known to the functions of
/// this header, for classes that cannot derive from `Resettable`. Thread-safe.
template <typename Impl>
void enable_reset() {
  detail::register_reset(
      typeid(Impl), [](torch::nn::Module& module) { dynamic_cast<Impl&>(module).reset_parameters(); });
}

/// Initialises every parameter and buffer under `root` anew, in place: dtype, device, `requires_grad` and
/// optimiser state of the parameters stay. Children first, so that a parent may change what they did.
/// Mirrors `model.apply(lambda m: m.reset_parameters())`.
/// \throws c10::Error, before anything is changed, naming the modules that have parameters of their own but no
/// known way to initialise them.
void reset_parameters(torch::nn::Module& root);
template <typename Impl>
void reset_parameters(const torch::nn::ModuleHolder<Impl>& root) {
  reset_parameters(static_cast<torch::nn::Module&>(*root.ptr()));
}

} // namespace torchtidy
