#include <torchtidy/slot.h>

#include "tree.h"

#include <algorithm>
#include <unordered_set>

namespace torchtidy {

TORCHTIDY_LIBRARY_MODULE_KNOWN_(Zero);
namespace detail {
namespace {

using Owned = std::unordered_set<const torch::TensorImpl*>;

void add_own(const Module& module, Owned& owned) {
  for (const auto& parameter : module.parameters(/*recurse=*/false)) {
    owned.insert(parameter.unsafeGetTensorImpl());
  }
}

Owned tensors_of(Module& module) {
  Owned owned;
  for (const auto& named : all_modules(module, Names::first)) {
    add_own(*named.second, owned);
  }
  return owned;
}

Owned tensors_of(const std::vector<torch::optim::OptimizerParamGroup>& groups) {
  Owned owned;
  for (const auto& group : groups) {
    for (const auto& parameter : group.params()) {
      owned.insert(parameter.unsafeGetTensorImpl());
    }
  }
  return owned;
}

/// Lets `module` go, and gives the parameters of those of its parts that somebody else holds.
Owned release(std::shared_ptr<Module> module) {
  std::vector<std::weak_ptr<Module>> parts;
  for (const auto& named : all_modules(*module, Names::first)) {
    parts.push_back(named.second);
  }
  module.reset();
  Owned owned;
  for (const auto& part : parts) {
    if (const auto alive = part.lock()) {
      add_own(*alive, owned);
    }
  }
  return owned;
}

void forget_state(torch::optim::Optimizer& optimizer, const torch::Tensor& parameter) {
#if TORCH_VERSION_MAJOR >= 2
  optimizer.state().erase(parameter.unsafeGetTensorImpl());
#else
  optimizer.state().erase(c10::guts::to_string(parameter.unsafeGetTensorImpl()));
#endif
}

} // namespace

void put_module(
    Module& parent,
    const std::string& name,
    const std::shared_ptr<Module>& last,
    const std::shared_ptr<Module>& next) {
  check_children(*next); // a null one would be called by train(), when the module is in its place
  const auto children = parent.named_children();
  const auto* there = children.find(name);
  if (there == nullptr) {
    parent.register_module(name, next);
    return;
  }
  TORCH_CHECK(
      *there == last,
      "ModuleSlot '",
      name,
      "': the child of this name in ",
      parent.name(),
      " is not what this slot holds. Give set() the module that the slot is a member of");
  parent.replace_module(name, next);
}

size_t group_for(torch::optim::Optimizer& optimizer, Module& last, Module& next, const SwapOptions& options) {
  const auto& groups = optimizer.param_groups();
  if (options.group_.has_value()) {
    TORCH_CHECK(
        *options.group_ < groups.size(),
        "The optimizer has no parameter group ",
        *options.group_,
        ", it has ",
        groups.size());
    return *options.group_;
  }
  const Owned old = tensors_of(last);
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto& params = groups[i].params();
    if (std::any_of(params.begin(), params.end(), [&](const torch::Tensor& parameter) {
          return old.count(parameter.unsafeGetTensorImpl()) != 0;
        })) {
      return i;
    }
  }
  const Owned stepped = tensors_of(groups);
  const Owned added = tensors_of(next);
  TORCH_CHECK(
      groups.size() == 1 ||
          std::all_of(
              added.begin(),
              added.end(),
              [&](const auto* parameter) { return stepped.count(parameter) != 0; }),
      "The optimizer has ",
      groups.size(),
      " parameter groups and steps nothing of the module that is replaced: say which group the new "
      "parameters "
      "join, with SwapOptions().group(…)");
  return 0;
}

void swap_parameters(
    torch::optim::Optimizer& optimizer,
    Module& parent,
    std::shared_ptr<Module> last,
    Module& next,
    size_t group,
    const SwapOptions& options) {
  const Owned old = tensors_of(*last);
  Owned used = tensors_of(options.model_ != nullptr ? *options.model_ : parent);
  const Owned held = release(std::move(last));
  if (options.model_ == nullptr) {
    used.insert(held.begin(), held.end());
  }
  auto& groups = optimizer.param_groups();
  for (auto& each : groups) {
    auto& params = each.params();
    const auto dead =
        std::stable_partition(params.begin(), params.end(), [&](const torch::Tensor& parameter) {
          const auto* impl = parameter.unsafeGetTensorImpl();
          return old.count(impl) == 0 || used.count(impl) != 0;
        });
    std::for_each(dead, params.end(), [&](const torch::Tensor& p) { forget_state(optimizer, p); });
    params.erase(dead, params.end());
  }
  Owned stepped = tensors_of(groups);
  for (const auto& named : all_modules(next, Names::first)) {
    for (const auto& parameter : named.second->parameters(/*recurse=*/false)) {
      if (stepped.insert(parameter.unsafeGetTensorImpl()).second) {
        groups.at(group).params().push_back(parameter);
      }
    }
  }
}

} // namespace detail
} // namespace torchtidy
