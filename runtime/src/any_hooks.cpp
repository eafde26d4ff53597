#include <torchtidy/any_hooks.h>
#include <torchtidy/hnn.h>
#include <torchtidy/slot.h>

#include "hook_state.h"
#include "private_access.h"

#include <c10/util/Type.h>

#include <algorithm>
#include <unordered_map>

namespace torchtidy {
namespace detail {
namespace {

using torch::nn::AnyModule;

struct SwapTable {
  std::mutex mutex;
  std::unordered_map<std::type_index, SwapContent> swaps;

  SwapTable() {
#define TORCHTIDY_SWAP_(Name) add<torch::nn::Name##Impl>(&torch::nn::Name##Impl::forward);
#define TORCHTIDY_BUILTIN(Name) TORCHTIDY_SWAP_(Name)
#define TORCHTIDY_BUILTIN_DEFAULTS(Name) TORCHTIDY_SWAP_(Name)
#define TORCHTIDY_BUILTIN_EMBEDDING(Name) TORCHTIDY_SWAP_(Name)
#include <torchtidy/builtins.def>
#undef TORCHTIDY_SWAP_
    add<torch::nn::FunctionalImpl>(&torch::nn::FunctionalImpl::forward);
  }

  template <typename M, typename R, typename C, typename... Params>
  void add(R (C::* /*forward*/)(Params...)) {
    swaps[typeid(torch::nn::AnyModuleHolder<M, Params...>)] = &swap_content<M, Params...>;
  }

  static SwapTable& get() {
    static auto* table = new SwapTable();
    return *table;
  }
};

/// The sites of modules that have none of their own. The holder (or the children's hooks) owns the site.
class AttachedSites {
 public:
  static AttachedSites& get() {
    static auto* sites = new AttachedSites();
    return *sites;
  }
  /// Those of Sequentials that are hooked by way of their children, each a `SequenceSite`. A Sequential that
  /// a slot holds has one in `get()` as well.
  static AttachedSites& sequences() {
    static auto* sites = new AttachedSites();
    return *sites;
  }

  std::shared_ptr<HookSite> find(const Module& module) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = sites_.find(&module);
    if (found == sites_.end()) {
      return nullptr;
    }
    // The address may belong to another module by now.
    if (found->second.module.lock().get() != &module) {
      sites_.erase(found);
      return nullptr;
    }
    return found->second.site.lock();
  }

  void add(const std::shared_ptr<Module>& module, const std::shared_ptr<HookSite>& site) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (sites_.size() >= sweep_at_) {
      for (auto entry = sites_.begin(); entry != sites_.end();) {
        entry = entry->second.site.expired() ? sites_.erase(entry) : std::next(entry);
      }
      sweep_at_ = std::max<size_t>(64, 2 * sites_.size());
    }
    sites_[module.get()] = {module, site};
  }

 private:
  struct Entry {
    std::weak_ptr<Module> module;
    std::weak_ptr<HookSite> site;
  };
  std::mutex mutex_;
  std::unordered_map<const Module*, Entry> sites_;
  size_t sweep_at_ = 64;
};

/// A Sequential's hooks, run by hooks on its children: a call begins at the first child's inputs and ends
/// at the last child's outputs.
class SequenceSite : public HookSite, public std::enable_shared_from_this<SequenceSite> {
 public:
  explicit SequenceSite(const std::shared_ptr<Module>& sequence) : sequence_(sequence) {}

  void install(HookSite& first, HookSite& last, const std::vector<HookSite*>& all) {
    handles_.remove();
    // The children's hooks own this object; it must not own itself through its handles.
    const auto self = shared_from_this();
    add(first, HookKind::sequence_open, [self](Module&, const Values& inputs, Values&) {
      self->open(const_cast<Values&>(inputs));
    });
    add(last, HookKind::sequence_close, [self](Module&, const Values&, Values& outputs) {
      self->close(outputs);
    });
    for (HookSite* child : all) {
      add(*child, HookKind::sequence_failed, [self](Module&, const Values&, Values&) { self->give_up(); });
    }
    last_ = &last;
  }

  bool installed_on(const HookSite& last) const {
    return last_ == &last;
  }

 private:
  struct Call {
    const SequenceSite* owner;
    std::shared_ptr<Module> module;
    std::vector<std::shared_ptr<void>> copies;
    std::vector<Slot> slots;
    std::unique_ptr<HookRun> run;
  };

  // Calls under way on this thread, innermost last.
  static std::vector<Call>& calls() {
    static thread_local std::vector<Call> calls;
    return calls;
  }

  void add(HookSite& child, HookKind kind, ForwardFn fn) {
    auto entry = new_entry(kind, {});
    if (kind == HookKind::sequence_open) {
      entry->forward_pre = [fn](Module& module, Values& inputs) {
        Values nothing;
        fn(module, inputs, nothing);
      };
    } else {
      entry->forward = std::move(fn);
    }
    handles_ += add_entry(state_of(child), std::move(entry));
  }

  void drop_calls() {
    auto& stack = calls();
    while (!stack.empty() &&
           std::any_of(stack.begin(), stack.end(), [&](const Call& c) { return c.owner == this; })) {
      stack.pop_back();
    }
  }

  void open(Values& inputs) {
    // What is left of a call whose failure no child reported.
    drop_calls();
    const auto module = sequence_.lock();
    if (!module || !hooked()) {
      return;
    }
    Call call{this, module, {}, {}, std::make_unique<HookRun>(*module, *this)};
    Values nothing;
    try {
      call.run->before(inputs);
    } catch (...) {
      call.run->failed(inputs, nothing);
      throw;
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      const Slot& slot = inputs.slot(i);
      if (auto copy = slot.ops->copy(slot.value)) {
        call.slots.push_back({slot.ops, copy.get(), false});
        call.copies.push_back(std::move(copy));
      }
    }
    calls().push_back(std::move(call));
  }

  void close(Values& outputs) {
    if (calls().empty() || calls().back().owner != this) {
      return;
    }
    const Call call = std::move(calls().back());
    calls().pop_back();
    call.run->after(Values(call.slots.data(), call.slots.size()), outputs);
  }

  void give_up() {
    if (calls().empty() || calls().back().owner != this) {
      return;
    }
    const Call call = std::move(calls().back());
    calls().pop_back();
    Values nothing;
    call.run->failed(Values(call.slots.data(), call.slots.size()), nothing);
  }

  std::weak_ptr<Module> sequence_;
  const HookSite* last_ = nullptr;
  HookHandles handles_;
};

HookSite* own_site(Module& module) {
  return dynamic_cast<HookSite*>(&module);
}

/// The site of what `any` holds, made if its type is known; null otherwise.
HookSite* site_of(AnyModule& any) {
  if (any.is_empty()) {
    return nullptr;
  }
  const std::shared_ptr<Module> module = any.ptr();
  if (HookSite* site = own_site(*module)) {
    return site;
  }
  auto& content = any.*expose(AnyModuleContent());
  SwapContent swap = nullptr;
  {
    auto& table = SwapTable::get();
    std::lock_guard<std::mutex> lock(table.mutex);
    const auto& holder = *content;
    const auto found = table.swaps.find(typeid(holder));
    if (found != table.swaps.end()) {
      swap = found->second;
    }
  }
  if (swap == nullptr) {
    // Hookable already, or of a class that is not known.
    return AttachedSites::get().find(*module).get();
  }
  const auto site = attach_site(module);
  swap(content, site);
  return site.get();
}

} // namespace

void register_swap(std::type_index holder, SwapContent swap) {
  auto& table = SwapTable::get();
  std::lock_guard<std::mutex> lock(table.mutex);
  table.swaps[holder] = swap;
}

bool set_module_name(Module& module, const std::type_info& type) {
  auto& name = module.*expose(ModuleName());
  if (!name.has_value()) {
    // In LibTorch 1.x Module is a virtual base: the name that this module gives it is lost in a subclass.
    name = type == typeid(torch::nn::MultiheadAttentionImpl) ? "torch::nn::MultiheadAttention"
                                                             : c10::demangle(type.name());
  }
  return true;
}

HookSite* find_attached_site(const Module& module) {
  const auto site = AttachedSites::sequences().find(module);
  return (site ? site : AttachedSites::get().find(module)).get();
}

std::shared_ptr<HookSite> attach_site(const std::shared_ptr<Module>& module) {
  auto site = AttachedSites::get().find(*module);
  if (!site) {
    site = std::make_shared<HookSite>();
    AttachedSites::get().add(module, site);
  }
  return site;
}

bool is_plain_sequential(const Module& module) {
  return dynamic_cast<const torch::nn::SequentialImpl*>(&module) != nullptr &&
      dynamic_cast<const HookSite*>(&module) == nullptr;
}

HookSite& attach_sequence(Module& module) {
  auto& sequence = dynamic_cast<torch::nn::SequentialImpl&>(module);
  TORCH_CHECK(!sequence.is_empty(), "An empty torch::nn::Sequential cannot be hooked: nothing runs in it");
  std::vector<HookSite*> all;
  size_t index = 0;
  for (auto& child : sequence) {
    HookSite* site = site_of(child);
    const bool is_end = index == 0 || index + 1 == sequence.size();
    TORCH_CHECK(
        site != nullptr || !is_end,
        "A torch::nn::Sequential is hooked by way of its first and last child, and child ",
        index,
        " (",
        child.ptr()->name(),
        ") cannot be hooked. Call torchtidy::enable_any_hooks<",
        child.ptr()->name(),
        ">() once before, or declare the container as torchtidy::hnn::Sequential");
    if (site != nullptr) {
      all.push_back(site);
    }
    ++index;
  }
  auto site = std::static_pointer_cast<SequenceSite>(AttachedSites::sequences().find(module));
  if (!site) {
    const auto owner = module.weak_from_this().lock();
    TORCH_CHECK(owner, "A torch::nn::Sequential that no shared_ptr owns cannot be hooked");
    site = std::make_shared<SequenceSite>(owner);
    AttachedSites::sequences().add(owner, site);
  }
  if (!site->installed_on(*all.back())) {
    site->install(*all.front(), *all.back(), all);
  }
  return *site;
}

} // namespace detail

std::vector<std::string> make_hookable(torch::nn::Module& root) {
  std::vector<std::string> left;
  for (const auto& named : root.named_modules(std::string(), true)) {
    auto* sequence = named.value()->as<torch::nn::SequentialImpl>();
    if (sequence == nullptr) {
      continue;
    }
    const auto names = sequence->named_children().keys();
    size_t index = 0;
    for (auto& child : *sequence) {
      const std::string& name = names[index++];
      if (detail::site_of(child) == nullptr) {
        left.push_back(named.key().empty() ? name : named.key() + "." + name);
      }
    }
  }
  return left;
}

bool make_hookable(torch::nn::AnyModule& module) {
  return detail::site_of(module) != nullptr;
}

HookSite& hook_site(torch::nn::AnyModule& module) {
  TORCH_CHECK(!module.is_empty(), "Cannot hook an empty AnyModule");
  HookSite* site = detail::site_of(module);
  TORCH_CHECK(
      site != nullptr,
      "The AnyModule holds a ",
      module.ptr()->name(),
      ", whose class is not known. Call torchtidy::enable_any_hooks<",
      module.ptr()->name(),
      ">() once before, or make the class hookable with TORCHTIDY_MODULE");
  return *site;
}

} // namespace torchtidy

// LibTorch 1.x hides these members, which a subclass's vtable needs. Text as in its batchnorm.cpp and
// instancenorm.cpp.
#if TORCH_VERSION_MAJOR < 2 // 2.x defines them in its headers
namespace torch {
namespace nn {

template <size_t D, typename Derived>
void BatchNormImplBase<D, Derived>::pretty_print(std::ostream& stream) const {
  stream << std::boolalpha << "torch::nn::BatchNorm" << D << "d(" << this->options.num_features()
         << ", eps=" << this->options.eps() << ", momentum=";
  if (this->options.momentum().has_value()) {
    stream << this->options.momentum().value();
  } else {
    stream << "None";
  }
  stream << ", affine=" << this->options.affine()
         << ", track_running_stats=" << this->options.track_running_stats() << ")";
}

template <size_t D, typename Derived>
void InstanceNormImpl<D, Derived>::pretty_print(std::ostream& stream) const {
  stream << std::boolalpha << "torch::nn::InstanceNorm" << D << "d(" << this->options.num_features()
         << ", eps=" << this->options.eps() << ", momentum=" << this->options.momentum()
         << ", affine=" << this->options.affine()
         << ", track_running_stats=" << this->options.track_running_stats() << ")";
}

template void BatchNormImplBase<1, BatchNorm1dImpl>::pretty_print(std::ostream&) const;
template void BatchNormImplBase<2, BatchNorm2dImpl>::pretty_print(std::ostream&) const;
template void BatchNormImplBase<3, BatchNorm3dImpl>::pretty_print(std::ostream&) const;
template void InstanceNormImpl<1, InstanceNorm1dImpl>::pretty_print(std::ostream&) const;
template void InstanceNormImpl<2, InstanceNorm2dImpl>::pretty_print(std::ostream&) const;
template void InstanceNormImpl<3, InstanceNorm3dImpl>::pretty_print(std::ostream&) const;

} // namespace nn
} // namespace torch
#endif // TORCH_VERSION_MAJOR < 2
