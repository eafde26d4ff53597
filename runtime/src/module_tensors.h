#pragma once

// Not installed: the tensors and children that a module has registered, to be changed.

#include <torch/nn/cloneable.h>
#include <torch/nn/module.h>

#include <memory>
#include <string>

namespace torchtidy {
namespace detail {
struct Registered;
} // namespace detail
} // namespace torchtidy

namespace torch {
namespace nn {
// Every Cloneable is a friend of Module; so is this specialisation.
template <>
class Cloneable<torchtidy::detail::Registered> {
 public:
  using Tensors = OrderedDict<std::string, Tensor>;
  using Children = OrderedDict<std::string, std::shared_ptr<Module>>;

  static Tensors& parameters(Module& module) {
    return module.parameters_;
  }
  static const Tensors& parameters(const Module& module) {
    return module.parameters_;
  }
  static Tensors& buffers(Module& module) {
    return module.buffers_;
  }
  static const Tensors& buffers(const Module& module) {
    return module.buffers_;
  }
  static Children& children(Module& module) {
    return module.children_;
  }
  static const Children& children(const Module& module) {
    return module.children_;
  }
};
} // namespace nn
} // namespace torch

namespace torchtidy {
namespace detail {
using RegisteredOf = torch::nn::Cloneable<Registered>;
} // namespace detail
} // namespace torchtidy
