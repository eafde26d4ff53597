#pragma once

/// \file
/// Handles of hooks: a hook lives as long as its handle, unless the handle is released.

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {

namespace detail {
class HookState;
struct HookEntry;
struct HookErrors;

/// A hook that cannot be copied, as `std::function` wants it.
template <typename Hook>
struct SharedHook {
  std::shared_ptr<Hook> hook;

  template <typename... Args>
  auto operator()(Args&&... args) const -> decltype((*hook)(std::forward<Args>(args)...)) {
    return (*hook)(std::forward<Args>(args)...);
  }
};

template <typename Hook>
auto copyable(Hook hook) {
  if constexpr (std::is_copy_constructible_v<Hook>) {
    return hook;
  } else {
    return SharedHook<Hook>{std::make_shared<Hook>(std::move(hook))};
  }
}
} // namespace detail

/// Removes its hook when destroyed. Move-only.
///
/// Guarantees:
/// - A removed hook does not start again, on any thread, from the moment `remove()` returns; also not in
///   a call that is under way (Python would still run it there).
/// - Removing a hook inside a hook, itself included, is safe. On another thread the hook may be in the
///   middle of running when `remove()` returns: let it own what it uses (capture by value, `shared_ptr`).
/// - A handle may outlive its module.
///
/// Mirrors `torch.utils.hooks.RemovableHandle`, with the removal made certain.
class [[nodiscard]] ScopedHook {
 public:
  ScopedHook() = default;
  ScopedHook(std::weak_ptr<detail::HookState> state, const std::shared_ptr<detail::HookEntry>& entry);
  ~ScopedHook();
  ScopedHook(ScopedHook&& other) noexcept = default;
  ScopedHook& operator=(ScopedHook&& other) noexcept;
  ScopedHook(const ScopedHook&) = delete;
  ScopedHook& operator=(const ScopedHook&) = delete;

  /// Removes the hook now. Does nothing if it is gone already.
  void remove();

  /// Lets the hook stay for as long as its module lives (a global hook: for ever).
  void release() noexcept;

  /// Whether the hook is still in place.
  bool active() const;

  /// What a hook with `ErrorPolicy::collect` threw, oldest first; at most 64 are kept, `error_count()`
  /// tells how many there were. Readable after removal; thread-safe.
  std::vector<std::exception_ptr> errors() const;
  /// How many errors there were, those that `errors()` no longer keeps included.
  size_t error_count() const;

  /// The same as text, one line an error.
  std::vector<std::string> error_messages() const;

 private:
  std::weak_ptr<detail::HookState> state_;
  std::weak_ptr<detail::HookEntry> entry_;
  std::shared_ptr<detail::HookErrors> errors_;
};

/// A list of handles that are removed together, last added first.
class [[nodiscard]] HookHandles {
 public:
  HookHandles() = default;
  ~HookHandles() {
    remove();
  }
  HookHandles(HookHandles&&) noexcept = default;
  HookHandles& operator=(HookHandles&& other) noexcept {
    if (this != &other) {
      remove();
      handles_ = std::move(other.handles_);
    }
    return *this;
  }
  HookHandles(const HookHandles&) = delete;
  HookHandles& operator=(const HookHandles&) = delete;

  /// Takes over a handle: `handles += register_forward_hook(…)`.
  HookHandles& operator+=(ScopedHook handle) {
    handles_.push_back(std::move(handle));
    return *this;
  }
  /// Takes over all handles of another list, in their order.
  HookHandles& operator+=(HookHandles other) {
    for (auto& handle : other.handles_) {
      handles_.push_back(std::move(handle));
    }
    other.handles_.clear();
    return *this;
  }

  /// Removes all hooks now, last added first. Safe inside a hook.
  void remove() {
    while (!handles_.empty()) {
      // Out of the list first: a hook's destructor may come back to this list.
      ScopedHook last = std::move(handles_.back());
      handles_.pop_back();
      last.remove();
    }
  }

  /// Lets all hooks stay for as long as their modules live.
  void release() {
    for (auto& handle : handles_) {
      handle.release();
    }
    handles_.clear();
  }

  /// How many handles are held, those of hooks that are gone already included.
  size_t size() const noexcept {
    return handles_.size();
  }
  bool empty() const noexcept {
    return handles_.empty();
  }
  /// Handle `index`, in the order of adding; `index` must be below `size()`.
  ScopedHook& operator[](size_t index) {
    return handles_[index];
  }

 private:
  std::vector<ScopedHook> handles_;
};

} // namespace torchtidy
