#include <torchtidy/any_hooks.h>
#include <torchtidy/hnn.h>
#include <torchtidy/slot.h>

#include "hook_state.h"
#include "private_access.h"
#include "tree.h"

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
    // Those that have hooks of their own, for Sequentials around them.
#define TORCHTIDY_SWAP_(Name) add<hnn::Name##Impl>(&hnn::Name##Impl::forward);
#define TORCHTIDY_BUILTIN(Name) TORCHTIDY_SWAP_(Name)
#define TORCHTIDY_BUILTIN_DEFAULTS(Name) TORCHTIDY_SWAP_(Name)
#define TORCHTIDY_BUILTIN_EMBEDDING(Name) TORCHTIDY_SWAP_(Name)
#include <torchtidy/builtins.def>
#undef TORCHTIDY_SWAP_
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

/// The sites of modules that have none of their own. The holder (or the children's holders) owns the site.
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

HookSite* own_site(Module& module) {
  return dynamic_cast<HookSite*>(&module);
}

/// What `any` holds as a holder that hooks can be attached to, made so if its type is known; null otherwise.
PlacedHolder* hooking_holder(AnyModule& any) {
  auto& content = any.*expose(AnyModuleContent());
  if (auto* holder = dynamic_cast<PlacedHolder*>(content.get())) {
    return holder;
  }
  SwapContent swap = nullptr;
  {
    auto& table = SwapTable::get();
    std::lock_guard<std::mutex> lock(table.mutex);
    const auto& holder = *content;
    const auto found = table.swaps.find(typeid(holder));
    if (found == table.swaps.end()) {
      return nullptr;
    }
    swap = found->second;
  }
  const std::shared_ptr<Module> module = any.ptr();
  swap(content, own_site(*module) != nullptr ? nullptr : attach_site(module));
  return dynamic_cast<PlacedHolder*>(content.get());
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
  hooking_holder(any);
  return AttachedSites::get().find(*module).get();
}

} // namespace

/// The hooks of a Sequential, run by the places of its children.
class SequenceSite : public HookSite {
 public:
  explicit SequenceSite(const std::shared_ptr<Module>& sequence) : sequence_(sequence) {}

  /// Null once it is gone.
  std::shared_ptr<torch::nn::SequentialImpl> sequence() const {
    return std::dynamic_pointer_cast<torch::nn::SequentialImpl>(sequence_.lock());
  }

  /// How many children have their places.
  std::atomic<size_t> placed{0};

 private:
  std::weak_ptr<Module> sequence_;
};

/// A call of a hooked Sequential under way.
struct SequenceCall {
  SequenceCall(const SequenceSite& of, std::shared_ptr<torch::nn::SequentialImpl> sequence)
      : owner(&of), module(std::move(sequence)), run(*module, of) {}

  const SequenceSite* owner;
  std::shared_ptr<torch::nn::SequentialImpl> module;
  std::shared_ptr<void> inputs;
  std::vector<Slot> slots;
  HookRun run;
  size_t next = 0;
  // Whether child `next` is running: what begins meanwhile is another call.
  bool inside = false;
};

namespace {

using SequenceCalls = std::vector<std::unique_ptr<SequenceCall>>;

/// Calls under way on this thread, innermost last.
SequenceCalls& sequence_calls() {
  static thread_local SequenceCalls calls;
  return calls;
}

std::unique_ptr<SequenceCall> take_last_call() {
  auto call = std::move(sequence_calls().back());
  sequence_calls().pop_back();
  return call;
}

/// Drops what a child of `call` began and left: some children of another Sequential, called one by one.
void drop_calls_inside(const SequenceCall* call) {
  while (sequence_calls().back().get() != call) {
    take_last_call();
  }
}

/// Gives every child of `sequence` its place. \throws c10::Error if one cannot have any.
void place_children(torch::nn::SequentialImpl& sequence, const std::shared_ptr<SequenceSite>& site) {
  std::vector<PlacedHolder*> holders;
  for (auto& child : sequence) {
    holders.push_back(hooking_holder(child));
    if (holders.back() == nullptr) {
      const Module& module = *child.ptr();
      TORCH_CHECK(
          false,
          "A torch::nn::Sequential is hooked by way of its children, and the class of child ",
          holders.size() - 1,
          " (",
          module.name(),
          ") is not known. Call torchtidy::enable_any_hooks<",
          c10::demangle(typeid(module).name()),
          ">() once before, or declare the container as torchtidy::hnn::Sequential");
    }
  }
  for (size_t i = 0; i < holders.size(); ++i) {
    holders[i]->sequence = site;
    holders[i]->index = i;
  }
  site->placed.store(holders.size(), std::memory_order_release);
}

} // namespace

SequenceStep::SequenceStep(const PlacedHolder& place) : place_(place) {
  if (place.index == 0) {
    return;
  }
  auto& calls = sequence_calls();
  if (!calls.empty() && calls.back()->owner == place.sequence.get() && !calls.back()->inside &&
      calls.back()->next == place.index) {
    call_ = calls.back().get();
    call_->inside = true;
  }
}

bool SequenceStep::begins() const {
  return place_.index == 0 && place_.sequence->hooked();
}

void SequenceStep::begin(std::shared_ptr<void> inputs, const Slot* slots, size_t count) {
  const auto site = place_.sequence;
  auto sequence = site->sequence();
  if (!sequence) {
    return; // the holder outlived it
  }
  if (site->placed.load(std::memory_order_acquire) != sequence->size()) {
    place_children(*sequence, site); // children have come since
  }
  auto& calls = sequence_calls();
  while (!calls.empty() && calls.back()->owner == site.get() && !calls.back()->inside) {
    take_last_call(); // its children were called one by one, not all of them
  }
  auto call = std::make_unique<SequenceCall>(*site, std::move(sequence));
  call->inputs = std::move(inputs);
  call->slots.assign(slots, slots + count);
  Values values(call->slots.data(), count);
  try {
    call->run.before(values);
  } catch (...) {
    Values nothing;
    call->run.failed(values, nothing);
    throw;
  }
  call->inside = true;
  call_ = call.get();
  calls.push_back(std::move(call));
}

bool SequenceStep::is_last() const {
  return place_.index + 1 == call_->module->size();
}

void SequenceStep::leave() {
  drop_calls_inside(call_);
  call_->inside = false;
  ++call_->next;
}

void SequenceStep::end(Values& outputs) {
  drop_calls_inside(std::exchange(call_, nullptr));
  const auto call = take_last_call();
  call->run.after(Values(call->slots.data(), call->slots.size()), outputs);
}

void SequenceStep::failed() noexcept {
  if (call_ == nullptr) {
    return; // the hooks after it failed, and know
  }
  drop_calls_inside(std::exchange(call_, nullptr));
  const auto call = take_last_call();
  Values nothing;
  call->run.failed(Values(call->slots.data(), call->slots.size()), nothing);
}

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
  auto site = std::static_pointer_cast<SequenceSite>(AttachedSites::sequences().find(module));
  if (!site) {
    const auto owner = module.weak_from_this().lock();
    TORCH_CHECK(
        owner,
        "A torch::nn::SequentialImpl that no shared_ptr owns (on the stack, or a member by value) cannot be "
        "hooked as a whole: make it a torch::nn::Sequential, or with std::make_shared; a torchtidy::hnn::"
        "SequentialImpl can be");
    site = std::make_shared<SequenceSite>(owner);
    AttachedSites::sequences().add(owner, site);
  }
  // Again each time: children may have been replaced. They own the site.
  place_children(sequence, site);
  return *site;
}

} // namespace detail

std::vector<std::string> make_hookable(ModuleRef root) {
  std::vector<std::string> left;
  for (const auto& named : detail::all_modules(*root, detail::Names::first)) {
    auto* sequence = named.second->as<torch::nn::SequentialImpl>();
    if (sequence == nullptr) {
      continue;
    }
    const auto names = sequence->named_children().keys();
    size_t index = 0;
    for (auto& child : *sequence) {
      const std::string& name = names[index++];
      if (detail::site_of(child) == nullptr) {
        left.push_back(named.first.empty() ? name : named.first + "." + name);
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
