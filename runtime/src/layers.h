#pragma once

// Not installed: names of layers to modules, with one error for all wrong names.

#include <torchtidy/hooks.h>

#include <string>
#include <utility>
#include <vector>

namespace torchtidy {
namespace detail {

/// The hooks of the modules called `names`, each once, in the given order.
std::vector<std::pair<std::string, HookSite*>> find_layers(
    Module& model, const std::vector<std::string>& names);

/// All modules without children that can be hooked (or made so), in the order of `named_modules()`.
std::vector<std::pair<std::string, HookSite*>> all_hookable_leaves(Module& model);

/// Modules without children that cannot be hooked although they are called, by dotted name; what computes
/// tensors of layers is left out, and lists, which call nothing.
std::vector<std::string> unhookable_leaves(Module& model);

} // namespace detail
} // namespace torchtidy
