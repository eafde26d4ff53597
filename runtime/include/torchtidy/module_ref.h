#pragma once

/// \file
/// `ModuleRef`: a module, by whatever the caller has of it.
///
/// What takes a `ModuleRef` takes a module (`*this`, `*net`, one on the stack), a holder (`net`), a
/// `std::shared_ptr` to a module, and what a function returns of them (`net->children()[0]`).

#include <torchtidy/compat.h>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <memory>
#include <type_traits>

namespace torchtidy {

/// Refers to a module for as long as a call lasts; never null. For parameters only: it owns nothing.
template <typename M>
class BasicModuleRef {
 public:
  BasicModuleRef(M& module) : module_(&module) {}
  /// \throws c10::Error if the holder is empty.
  template <typename Impl>
  BasicModuleRef(const torch::nn::ModuleHolder<Impl>& holder)
      : module_(holder.is_empty() ? nullptr : holder.ptr().get()) {
    TORCH_CHECK(module_ != nullptr, "The module holder is empty: assign a module to it before");
  }
  /// \throws c10::Error if the pointer is null.
  template <typename Impl, typename = std::enable_if_t<std::is_convertible_v<Impl*, M*>>>
  BasicModuleRef(const std::shared_ptr<Impl>& pointer) : module_(pointer.get()) {
    TORCH_CHECK(module_ != nullptr, "The module pointer is null: make the module before");
  }
  template <typename Other, typename = std::enable_if_t<std::is_convertible_v<Other*, M*>>>
  BasicModuleRef(const BasicModuleRef<Other>& other) : module_(&*other) {}

  M& operator*() const {
    return *module_;
  }
  M* operator->() const {
    return module_;
  }

 private:
  M* module_;
};

using ModuleRef = BasicModuleRef<torch::nn::Module>;
/// Of a module that is only looked at.
using ConstModuleRef = BasicModuleRef<const torch::nn::Module>;

namespace detail {

template <typename Model>
inline constexpr bool is_module = std::is_base_of_v<torch::nn::Module, std::decay_t<Model>>;

/// For what calls `forward`, which needs the module's own class: the pointer that a holder has, that was
/// given, or that shares a module with its owner. To a module without owner (on the stack) it owns nothing.
/// \throws c10::Error if it would be null.
template <typename Model>
auto pointer_of(Model& model) {
  (void)ConstModuleRef(model);
  if constexpr (is_module<Model>) {
    return std::shared_ptr<Model>(model.weak_from_this().lock(), &model);
  } else if constexpr (torch::detail::is_module_holder<std::decay_t<Model>>::value) {
    return model.ptr();
  } else {
    return model;
  }
}

} // namespace detail
} // namespace torchtidy
