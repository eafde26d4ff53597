#include <torchtidy/slot.h>

#include <algorithm>
#include <unordered_set>

namespace torchtidy {
namespace detail {
namespace {

using Owned = std::unordered_set<const torch::TensorImpl*>;

Owned tensors_of(const Module& module) {
  Owned owned;
  for (const auto& parameter : module.parameters()) {
    owned.insert(parameter.unsafeGetTensorImpl());
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

void swap_parameters(torch::optim::Optimizer& optimizer, Module& parent, Module& last, Module& next) {
  const Owned used = tensors_of(parent);
  const Owned old = tensors_of(last);
  auto& groups = optimizer.param_groups();
  Owned stepped;
  size_t target = 0;
  bool found = false;
  for (size_t i = 0; i < groups.size(); ++i) {
    auto& params = groups[i].params();
    const auto dead =
        std::stable_partition(params.begin(), params.end(), [&](const torch::Tensor& parameter) {
          const auto* impl = parameter.unsafeGetTensorImpl();
          if (old.count(impl) != 0 && !found) {
            target = i;
            found = true;
          }
          return old.count(impl) == 0 || used.count(impl) != 0;
        });
    std::for_each(dead, params.end(), [&](const torch::Tensor& p) { forget_state(optimizer, p); });
    params.erase(dead, params.end());
    for (const auto& parameter : params) {
      stepped.insert(parameter.unsafeGetTensorImpl());
    }
  }
  for (const auto& parameter : next.parameters()) {
    if (stepped.insert(parameter.unsafeGetTensorImpl()).second) {
      groups.at(target).params().push_back(parameter);
    }
  }
}

} // namespace detail
} // namespace torchtidy
