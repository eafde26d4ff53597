#pragma once

// Not installed: how hooks are stored.

#include <torchtidy/hooks.h>

#include <mutex>
#include <string>

namespace torchtidy {
namespace detail {

struct HookErrors {
  static constexpr size_t kept = 64;

  std::mutex mutex;
  std::vector<std::exception_ptr> errors;
  size_t count = 0;
};

struct HookEntry {
  HookKind kind = HookKind::forward;
  HookOptions options;
  ForwardPreFn forward_pre;
  ForwardFn forward;
  BackwardPreFn backward_pre;
  BackwardFn backward;

  /// False once removed: calls that hold a list with this entry skip it.
  std::atomic<bool> alive{true};
  std::shared_ptr<HookErrors> errors;
  /// The tensor that this hook computes for a parametrization; such a hook is not copied. "" for others.
  std::string parametrized;

  /// Runs `call` under the entry's error policy. Returns whether it ended normally.
  template <typename Call>
  bool guarded(Call&& call) {
    if (options.on_error_ == ErrorPolicy::propagate) {
      call();
      return true;
    }
    try {
      call();
      return true;
    } catch (...) {
      std::lock_guard<std::mutex> lock(errors->mutex);
      ++errors->count;
      if (errors->errors.size() < HookErrors::kept) {
        errors->errors.push_back(std::current_exception());
      }
      return false;
    }
  }
};

using EntryList = std::vector<std::shared_ptr<HookEntry>>;

/// The hooks of one module at one moment. Never changed once published.
struct HookLists {
  EntryList lists[4];

  const EntryList& of(HookKind kind) const {
    return lists[static_cast<size_t>(kind)];
  }
  bool empty() const {
    for (const auto& list : lists) {
      if (!list.empty()) {
        return false;
      }
    }
    return true;
  }
};

using Snapshot = std::shared_ptr<const HookLists>;

/// The hooks of one module. Writers publish a new list; readers keep the one they took, so that hooks may
/// come and go while a call runs.
class HookState : public HookFlag {
 public:
  /// `shared_flag`: another place that tells whether there is any hook.
  explicit HookState(HookFlag* shared_flag = nullptr) : shared_flag_(shared_flag) {}

  Snapshot snapshot() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return lists_;
  }

  void add(std::shared_ptr<HookEntry> entry);
  void remove(const std::shared_ptr<HookEntry>& entry);

 private:
  void publish(Snapshot next);

  HookFlag* const shared_flag_;
  mutable std::mutex mutex_;
  Snapshot lists_ = std::make_shared<HookLists>();
};

std::shared_ptr<HookEntry> new_entry(HookKind kind, const HookOptions& options);

/// What Python calls a BackwardHook: ties the hooks of one call to the gradients of its inputs and outputs.
using BackwardLinkPtr = c10::intrusive_ptr<c10::intrusive_ptr_target>;
BackwardLinkPtr make_backward_link(Module& module, EntryList pre, EntryList full);
void link_inputs(const BackwardLinkPtr& link, Values& inputs);
void link_outputs(const BackwardLinkPtr& link, Values& outputs);

/// The hooks of a module that has no site of its own but is held by a hookable AnyModule, or of a
/// Sequential that is hooked by way of the places of its children; null if there are none.
HookSite* find_attached_site(const Module& module);

/// The hooks of `module`, which is called `name` in a model that `make_hookable` has seen.
/// \throws c10::Error that says how to make it hookable.
HookSite& site_called(Module& module, const std::string& name);

/// Hooks a whole Sequential by way of the places of its children. Throws, saying why, if one cannot be
/// hooked.
HookSite& attach_sequence(Module& module);

bool is_plain_sequential(const Module& module);

} // namespace detail
} // namespace torchtidy
