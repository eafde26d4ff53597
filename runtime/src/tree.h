#pragma once

// Not installed: the walk over a tree of modules.

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace torchtidy {
namespace detail {

/// Calls `enter(prefix, module)` for `module`, then, if that gave true, the same for all below it, in the
/// order of Python's `state_dict`. `prefix` is what the names of the module's own tensors begin with:
/// "layers.0."; "" at the root unless given. `null(name, parent)` is called for a child that is null.
template <typename M, typename Enter, typename Null>
void walk_modules(M& module, const std::string& prefix, Enter&& enter, Null&& null) {
  if (!enter(prefix, module)) {
    return;
  }
  for (const auto& child : module.named_children()) {
    if (child.value()) {
      walk_modules<M>(*child.value(), prefix + child.key() + ".", enter, null);
    } else {
      null(prefix + child.key(), module);
    }
  }
}

/// The same for the whole tree. \throws c10::Error if a child is null, which LibTorch's own walks call.
template <typename M, typename Visitor>
void visit_modules(M& module, const std::string& prefix, Visitor&& visit) {
  walk_modules(
      module,
      prefix,
      [&](const std::string& place, M& visited) {
        visit(place, visited);
        return true;
      },
      [](const std::string& name, const torch::nn::Module& parent) {
        TORCH_CHECK(false, "Child '", name, "' of ", parent.name(), " is null");
      });
}

/// Before LibTorch's own walks (`train`, `clone`, `save`), which would call a child that is null.
/// \throws c10::Error naming it.
void check_children(const torch::nn::Module& module);

/// The tensors of a whole tree by dotted name, as `named_parameters()` and `named_buffers()` give them.
struct TreeTensors {
  using Named = torch::OrderedDict<std::string, torch::Tensor>;
  Named parameters;
  Named buffers;
};
/// \throws c10::Error if a child is null.
TreeTensors tensors_below(const torch::nn::Module& module);

/// Which names a module that is registered in several places has.
enum class Names {
  /// The first only, as in Python's `named_modules()`.
  first,
  all,
};

/// The modules of a tree by dotted name, "" for the root, in the order of `named_modules()`; null children
/// are left out. The pointer to a root that no shared_ptr owns owns nothing.
std::vector<std::pair<std::string, std::shared_ptr<torch::nn::Module>>> all_modules(
    torch::nn::Module& root, Names names);

/// Gives each module in `to` the mode of that of the same name in `from`.
void copy_modes(torch::nn::Module& to, const torch::nn::Module& from);

/// A module's name in messages: its prefix without the last dot.
inline std::string module_name(const std::string& prefix) {
  return prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
}

/// Whether what has this dotted name computes a tensor of a module (parametrize.h): a part of its forward.
inline bool is_parametrization(const std::string& path) {
  return ("." + path + ".").find(".parametrizations.") != std::string::npos;
}

/// Whether it calls nothing itself: LibTorch's lists and dictionaries, and this library's.
bool is_container(const torch::nn::Module& module);

/// "torch::nn::Linear" for "torch::nn::LinearImpl": the holder's name, where the class has one.
inline std::string holder_name(std::string type) {
  const std::string suffix = "Impl";
  if (type.size() > suffix.size() && type.compare(type.size() - suffix.size(), suffix.size(), suffix) == 0) {
    type.resize(type.size() - suffix.size());
  }
  return type;
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
