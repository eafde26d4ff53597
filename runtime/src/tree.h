#pragma once

// Not installed: the walk over a tree of modules.

#include <torch/nn/module.h>

#include <string>

namespace torchtidy {
namespace detail {

/// Calls `visit(prefix, module)` for `module`, then for all below it, in the order of Python's `state_dict`.
/// `prefix` is what the names of the module's own tensors begin with ("layers.0."); "" at the root unless
/// given.
/// \throws c10::Error if a child is null, which LibTorch's own walks call.
template <typename M, typename Visitor>
void visit_modules(M& module, const std::string& prefix, Visitor&& visit) {
  visit(prefix, module);
  for (const auto& child : module.named_children()) {
    TORCH_CHECK(child.value(), "Child '", prefix, child.key(), "' of ", module.name(), " is null");
    visit_modules<M>(*child.value(), prefix + child.key() + ".", visit);
  }
}

/// A module's name in messages: its prefix without the last dot.
inline std::string module_name(const std::string& prefix) {
  return prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
}

/// The tensors that are the module's own: visit(key, tensor, is_parameter).
template <typename Visitor>
void visit_own_tensors(const torch::nn::Module& module, Visitor&& visit) {
  for (const auto& item : module.named_parameters(false)) {
    visit(item.key(), item.value(), true);
  }
  for (const auto& item : module.named_buffers(false)) {
    visit(item.key(), item.value(), false);
  }
}

} // namespace detail
} // namespace torchtidy
