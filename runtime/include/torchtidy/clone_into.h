#pragma once

/// \file
/// \internal What `clone()` of this library's containers, and `InferenceScope`, need of LibTorch's modules.

#include <torchtidy/compat.h>

#include <torch/nn/cloneable.h>
#include <torch/nn/module.h>

namespace torchtidy {
namespace detail {
struct CloneInto;
} // namespace detail
} // namespace torchtidy

namespace torch {
namespace nn {
// Every Cloneable is a friend of Module, so that it can clone children in place; so is this specialisation.
template <>
class Cloneable<torchtidy::detail::CloneInto> {
 public:
  static void clone_into(
      Module& target, const Module& source, const torchtidy::Optional<torch::Device>& device) {
    target.clone_(const_cast<Module&>(source), device);
  }
  /// `train()` would change the children as well.
  static void copy_own_mode(Module& target, const Module& source) {
    target.is_training_ = source.is_training_;
  }
  static void set_own_mode(Module& module, bool training) {
    module.is_training_ = training;
  }
};
} // namespace nn
} // namespace torch

namespace torchtidy {
namespace detail {
/// The clone of a Sequential: its elements under their names, each in its own mode.
template <typename Impl>
std::shared_ptr<torch::nn::Module> clone_elements(const Impl& self, const Optional<torch::Device>& device) {
  auto copy = std::make_shared<Impl>();
  const auto names = self.named_children().keys();
  size_t index = 0;
  for (const auto& module : self) {
    copy->push_back(names[index++], module.clone(device));
  }
  torch::nn::Cloneable<CloneInto>::copy_own_mode(*copy, self);
  return copy;
}
} // namespace detail
} // namespace torchtidy
