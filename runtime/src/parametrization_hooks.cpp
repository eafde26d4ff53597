// The forward-pre hooks that compute parametrized tensors, and how clones come by theirs.

// Before the modules: the instance norms of LibTorch 1.13 use functions that they do not include.
#include <torch/torch.h>

#include "hook_state.h"
#include "layer_types.h"
#include "parametrization_list.h"

#include <algorithm>
#include <mutex>

namespace torchtidy {
namespace detail {
namespace {

template <typename... Impls, typename Visitor>
void visit_as(Types<Impls...> /*types*/, Module& module, Visitor&& visit) {
  const auto one = [&](auto* typed) {
    if (typed != nullptr) {
      visit(*typed);
    }
  };
  (one(dynamic_cast<Impls*>(&module)), ...);
}

using WithBias = decltype(Linears() + Convolutions() + Norms());
using WithWeight = decltype(WithBias() + Embeddings() + PReLUs());
using Layers = Types<torch::nn::RNNImpl, torch::nn::LSTMImpl, torch::nn::GRUImpl>;
using Cells = Types<torch::nn::RNNCellImpl, torch::nn::LSTMCellImpl, torch::nn::GRUCellImpl>;

/// The weights with which a recurrent layer computes, and their names; LibTorch has no member for each.
template <typename Base>
struct FlatWeights : Base {
  using Base::flat_weights_;
  using Base::flat_weights_names_;

  static torch::Tensor* find(Base& layer, const std::string& name) {
    const auto& names = layer.*(&FlatWeights::flat_weights_names_);
    auto& weights = layer.*(&FlatWeights::flat_weights_);
    const auto at = std::find(names.begin(), names.end(), name);
    const auto index = static_cast<size_t>(at - names.begin());
    return index < weights.size() ? &weights[index] : nullptr;
  }
};

template <typename Impl>
torch::Tensor* flat_weight(torch::nn::detail::RNNImplBase<Impl>& layer, const std::string& name) {
  return FlatWeights<torch::nn::detail::RNNImplBase<Impl>>::find(layer, name);
}

/// Clones whose parent's `clone()` copied them without their hooks (LibTorch assigns the plain class) compute
/// nothing by themselves. While there is such a list, a global hook gives it to the module that is called.
/// Never destroyed: modules with static lifetime may die later.
class Orphans {
 public:
  static Orphans& get() {
    static auto* orphans = new Orphans();
    return *orphans;
  }

  void add() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (count_++ == 0) {
      hook_ = register_module_forward_pre_hook([](Module& module, Values&) { adopt_those_of(module); });
    }
  }
  void remove() {
    ScopedHook last; // dies after the lock
    std::lock_guard<std::mutex> lock(mutex_);
    if (--count_ == 0) {
      last = std::move(hook_);
    }
  }

 private:
  static void adopt_those_of(Module& module) {
    for (const auto& list : all_parametrizations(module)) {
      // The hooks of the call that is under way were listed before.
      if (list->owner.load() != &module && attach_parametrization(module, *list)) {
        set_parametrized(module, *list);
      }
    }
  }

  std::mutex mutex_;
  size_t count_ = 0;
  ScopedHook hook_;
};

/// Makes `module` the owner; whether it was not.
bool claim(ParametrizationList& list, const Module* module) {
  const bool is_new = list.owner.exchange(module) != module;
  if (list.orphan.exchange(false)) {
    Orphans::get().remove();
  }
  return is_new;
}

/// Dies with the hook, and so with the module that has it: its list may live on in another module.
struct Ownership {
  Ownership(const Module& module, std::weak_ptr<Module> list) : module(&module), list(std::move(list)) {}
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;
  ~Ownership() {
    const auto living = std::static_pointer_cast<ParametrizationList>(list.lock());
    const Module* expected = module;
    if (living && living->owner.compare_exchange_strong(expected, nullptr) &&
        !living->orphan.exchange(true)) {
      Orphans::get().add();
    }
  }

  const Module* module;
  std::weak_ptr<Module> list;
};

bool has_hook_for(HookSite& site, const std::string& name) {
  if (site.state_or_null() == nullptr) {
    return false;
  }
  for (const auto& entry : site.state_or_null()->snapshot()->of(HookKind::forward_pre)) {
    if (entry->parametrized == name) {
      return true;
    }
  }
  return false;
}

} // namespace

torch::Tensor* builtin_member(Module& module, const std::string& name) {
  torch::Tensor* member = nullptr;
  if (name == "weight") {
    visit_as(WithWeight(), module, [&](auto& layer) { member = &layer.weight; });
  } else if (name == "bias") {
    visit_as(WithBias(), module, [&](auto& layer) { member = &layer.bias; });
  }
  visit_as(Cells(), module, [&](auto& cell) {
    member = name == "weight_ih" ? &cell.weight_ih
        : name == "weight_hh"    ? &cell.weight_hh
        : name == "bias_ih"      ? &cell.bias_ih
        : name == "bias_hh"      ? &cell.bias_hh
                                 : nullptr;
  });
  visit_as(Layers(), module, [&](auto& layer) { member = flat_weight(layer, name); });
  if (auto* attention = dynamic_cast<torch::nn::MultiheadAttentionImpl*>(&module)) {
    member = name == "in_proj_weight" ? &attention->in_proj_weight
        : name == "in_proj_bias"      ? &attention->in_proj_bias
        : name == "q_proj_weight"     ? &attention->q_proj_weight
        : name == "k_proj_weight"     ? &attention->k_proj_weight
        : name == "v_proj_weight"     ? &attention->v_proj_weight
                                      : nullptr;
  }
  return member;
}

void set_parametrized(Module& module, ParametrizationList& list) {
  torch::Tensor value = list.compute();
  torch::Tensor* member = list.member ? &list.member(module) : builtin_member(module, list.tensor_name());
  TORCH_INTERNAL_ASSERT(member != nullptr);
  *member = std::move(value);
}

bool attach_parametrization(Module& module, ParametrizationList& list) {
  static std::mutex mutex; // two calls of an adopted module at once
  std::lock_guard<std::mutex> lock(mutex);
  HookSite& site = hook_site(module);
  const std::string& name = list.tensor_name();
  const bool is_new = !has_hook_for(site, name);
  if (is_new) {
    // Before the user's hooks, which may read the member. The list is looked up, since cloning and loading
    // may have put another one in its place.
    auto entry = make_entry(
        ForwardPreFn([name, ownership = std::make_shared<Ownership>(module, list.weak_from_this())](
                         Module& called, Values&) {
          const auto found = find_parametrizations(called, name);
          if (found) {
            if (claim(*found, &called)) {
              ownership->list = found;
            }
            set_parametrized(called, *found);
          }
        }),
        HookOptions().prepend(true));
    entry->parametrized = name;
    add_entry(state_of(site), std::move(entry)).release();
  }
  claim(list, &module);
  return is_new;
}

void detach_parametrization(Module& module, ParametrizationList& list) {
  HookSite& site = hook_site(module);
  for (const auto& entry : site.state_or_null()->snapshot()->of(HookKind::forward_pre)) {
    if (entry->parametrized == list.tensor_name()) {
      ScopedHook(state_of(site), entry).remove();
    }
  }
}

ParametrizationList::~ParametrizationList() {
  if (orphan.load()) {
    Orphans::get().remove();
  }
}

bool has_parametrizations(const Module& module) noexcept {
  return !all_parametrizations(module).empty();
}

} // namespace detail
} // namespace torchtidy
