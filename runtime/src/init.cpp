#include "layer_types.h"
#include "tree.h"

#include <torchtidy/init.h>

#include <torch/nn/init.h>

#include <mutex>
#include <unordered_map>

namespace torchtidy {
namespace detail {
namespace {

/// The functions that `enable_reset` made known.
struct Resets {
  std::mutex mutex;
  std::unordered_map<std::type_index, std::function<void(Module&)>> of_type;

  static Resets& get() {
    static auto* resets = new Resets();
    return *resets;
  }
  std::function<void(Module&)> find(Module& module) {
    std::lock_guard<std::mutex> lock(mutex);
    const auto found = of_type.find(typeid(module));
    return found == of_type.end() ? nullptr : found->second;
  }
};

template <typename Impl>
void by_member(Impl& module) {
  module.reset_parameters();
}

void by_member(torch::nn::PReLUImpl& prelu) {
  torch::nn::init::constant_(prelu.weight, prelu.options.init());
}

void by_member(torch::nn::MultiheadAttentionImpl& attention) {
  attention._reset_parameters();
}

/// Calls `visit` with `module` as the first of the types that it is. \returns whether it is one.
template <typename... Impls, typename Visitor>
bool visit_as(Types<Impls...> /*types*/, Module& module, Visitor&& visit) {
  const auto try_one = [&](auto* typed) {
    if (typed != nullptr) {
      visit(*typed);
    }
    return typed != nullptr;
  };
  return (try_one(dynamic_cast<Impls*>(&module)) || ...);
}

bool owns_tensors(const Module& module) {
  return module.named_parameters(false).size() + module.named_buffers(false).size() > 0;
}

/// A line for each module that has tensors and no known way to initialise them.
std::string unknown_modules(Module& root) {
  std::string unknown;
  visit_modules(root, "", [&](const std::string& prefix, Module& module) {
    if (owns_tensors(module) && !can_reset_own(module)) {
      unknown += "\n  '" + module_name(prefix) + "' (" + module.name() + ")";
    }
  });
  return unknown;
}

void reset_tree(Module& module) {
  for (const auto& child : module.children()) {
    reset_tree(*child);
  }
  reset_own(module);
}

} // namespace

bool can_reset_own(Module& module) {
  return dynamic_cast<Resettable*>(&module) != nullptr || Resets::get().find(module) ||
      visit_as(Builtins(), module, [](auto& /*typed*/) {});
}

bool reset_own(Module& module) {
  if (auto* own = dynamic_cast<Resettable*>(&module)) {
    own->reset_parameters();
    return true;
  }
  if (const auto reset = Resets::get().find(module)) {
    reset(module);
    return true;
  }
  return visit_as(Builtins(), module, [](auto& typed) { by_member(typed); });
}

void register_reset(std::type_index type, std::function<void(Module&)> reset) {
  auto& resets = Resets::get();
  std::lock_guard<std::mutex> lock(resets.mutex);
  resets.of_type[type] = std::move(reset);
}

} // namespace detail

void reset_parameters(ModuleRef root) {
  const std::string unknown = detail::unknown_modules(*root);
  TORCH_CHECK(
      unknown.empty(),
      "No known way to initialise the parameters of these modules of ",
      root->name(),
      "; derive their classes from torchtidy::Resettable, or call torchtidy::enable_reset<Impl>() once:",
      unknown);
  torch::NoGradGuard no_grad;
  detail::reset_tree(*root);
}

} // namespace torchtidy
