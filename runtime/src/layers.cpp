#include "layers.h"

#include "hook_state.h"
#include "near_names.h"
#include "tree.h"

#include <torchtidy/any_hooks.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace torchtidy {
namespace detail {

std::vector<std::pair<std::string, HookSite*>> find_layers(
    Module& model, const std::vector<std::string>& names) {
  const auto modules = all_modules(model, Names::all);
  std::unordered_map<std::string, Module*> lookup;
  std::vector<std::string> known;
  for (const auto& named : modules) {
    lookup.emplace(named.first, named.second.get());
    if (!named.first.empty()) {
      known.push_back(named.first);
    }
  }
  std::string wrong;
  for (const auto& name : names) {
    if (lookup.count(name) == 0) {
      wrong += "\n  '" + name + "': " + near_names(name, known, 5);
    }
  }
  TORCH_CHECK(wrong.empty(), "No such layers in ", model.name(), ":", wrong);

  if (std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return !name.empty() && dynamic_cast<HookSite*>(lookup[name]) == nullptr;
      })) {
    make_hookable(model);
  }
  std::vector<std::pair<std::string, HookSite*>> layers;
  std::unordered_set<std::string> seen;
  for (const auto& name : names) {
    if (seen.insert(name).second) {
      layers.emplace_back(name, name.empty() ? &hook_site(model) : &site_called(*lookup[name], name));
    }
  }
  return layers;
}

std::vector<std::pair<std::string, HookSite*>> all_hookable_leaves(Module& model) {
  make_hookable(model);
  std::vector<std::pair<std::string, HookSite*>> layers;
  for (const auto& named : all_modules(model, Names::first)) {
    Module& module = *named.second;
    // What computes its tensors makes no container of a layer.
    const size_t own = has_parametrizations(module) ? 1 : 0;
    if (module.named_children().size() == own && is_hookable(module)) {
      layers.emplace_back(named.first, &hook_site(module));
    }
  }
  TORCH_CHECK(
      !layers.empty(),
      "No layer of ",
      model.name(),
      " can be hooked: declare its layers with torchtidy::hnn, or put them into a torch::nn::Sequential");
  return layers;
}

std::vector<std::string> unhookable_leaves(Module& model) {
  std::vector<std::string> names;
  for (const auto& named : all_modules(model, Names::first)) {
    const Module& module = *named.second;
    if (module.named_children().is_empty() && !is_hookable(module) && !is_parametrization(named.first) &&
        !is_container(module)) {
      names.push_back(named.first);
    }
  }
  return names;
}

} // namespace detail
} // namespace torchtidy
