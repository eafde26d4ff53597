#include "hook_state.h"

#include <c10/util/Type.h>

#include <algorithm>

namespace torchtidy {
namespace detail {

std::shared_ptr<HookEntry> new_entry(HookKind kind, const HookOptions& options) {
  TORCH_CHECK(
      !options.always_call_ || kind == HookKind::forward,
      "always_call is for forward hooks only: no other kind can run after forward has thrown");
  auto entry = std::make_shared<HookEntry>();
  entry->kind = kind;
  entry->options = options;
  entry->errors = std::make_shared<HookErrors>();
  return entry;
}

HookFlag global_hooks;

namespace {

// Never destroyed: modules with static lifetime may still be called while the process ends.
const std::shared_ptr<HookState>& global_state() {
  static const auto* state = new std::shared_ptr<HookState>(std::make_shared<HookState>(&global_hooks));
  return *state;
}

void append(EntryList& to, const EntryList& from) {
  for (const auto& entry : from) {
    if (entry->alive.load(std::memory_order_acquire)) {
      to.push_back(entry);
    }
  }
}

} // namespace

const std::shared_ptr<HookState>& global_hook_state() {
  return global_state();
}

std::shared_ptr<HookEntry> make_entry(ForwardPreFn fn, const HookOptions& options) {
  auto entry = new_entry(HookKind::forward_pre, options);
  entry->forward_pre = std::move(fn);
  return entry;
}
std::shared_ptr<HookEntry> make_entry(ForwardFn fn, const HookOptions& options) {
  auto entry = new_entry(HookKind::forward, options);
  entry->forward = std::move(fn);
  return entry;
}
std::shared_ptr<HookEntry> make_entry(BackwardPreFn fn, const HookOptions& options) {
  auto entry = new_entry(HookKind::backward_pre, options);
  entry->backward_pre = std::move(fn);
  return entry;
}
std::shared_ptr<HookEntry> make_entry(BackwardFn fn, const HookOptions& options) {
  auto entry = new_entry(HookKind::backward, options);
  entry->backward = std::move(fn);
  return entry;
}

ScopedHook add_entry(const std::shared_ptr<HookState>& state, std::shared_ptr<HookEntry> entry) {
  ScopedHook handle(state, entry);
  state->add(std::move(entry));
  return handle;
}

void HookState::publish(Snapshot next) {
  const bool any = !next->empty();
  lists_ = std::move(next);
  present.store(any, std::memory_order_release);
  if (shared_flag_ != nullptr) {
    shared_flag_->present.store(any, std::memory_order_release);
  }
}

void HookState::add(std::shared_ptr<HookEntry> entry) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto next = std::make_shared<HookLists>(*lists_);
  EntryList& list = next->lists[static_cast<size_t>(entry->kind)];
  list.insert(entry->options.prepend_ ? list.begin() : list.end(), std::move(entry));
  publish(std::move(next));
}

void HookState::remove(const std::shared_ptr<HookEntry>& entry) {
  entry->alive.store(false, std::memory_order_release);
  // The old list, and with it perhaps the last reference to the hook's closure, is let go after the lock:
  // the closure's destructor may come back here.
  Snapshot old;
  std::lock_guard<std::mutex> lock(mutex_);
  auto next = std::make_shared<HookLists>(*lists_);
  EntryList& list = next->lists[static_cast<size_t>(entry->kind)];
  list.erase(std::remove(list.begin(), list.end(), entry), list.end());
  old = std::move(lists_);
  publish(std::move(next));
}

HookRun::HookRun(Module& module, const HookSite& site) : module_(module), state_(site.state_or_null()) {}

HookRun::~HookRun() = default;

void HookRun::before(Values& inputs) {
  const bool global_present = global_hooks.present.load(std::memory_order_acquire);
  const Snapshot global = global_present ? global_state()->snapshot() : nullptr;
  const Snapshot own = state_ != nullptr ? state_->snapshot() : nullptr;

  EntryList backward_pre;
  EntryList backward;
  for (const HookLists* lists : {global.get(), own.get()}) {
    if (lists != nullptr) {
      append(backward_pre, lists->of(HookKind::backward_pre));
      append(backward, lists->of(HookKind::backward));
    }
  }

  for (const auto& lists : {global.get(), own.get()}) {
    if (lists == nullptr) {
      continue;
    }
    for (const auto& entry : lists->of(HookKind::forward_pre)) {
      if (entry->alive.load(std::memory_order_acquire)) {
        entry->guarded([&] { entry->forward_pre(module_, inputs); });
      }
    }
  }

  if (!backward.empty() || !backward_pre.empty()) {
    backward_ = make_backward_link(module_, std::move(backward_pre), std::move(backward));
    link_inputs(backward_, inputs);
  }
}

void HookRun::run_forward_hooks(const Values& inputs, Values& outputs) {
  const bool global_present = global_hooks.present.load(std::memory_order_acquire);
  const Snapshot global = global_present ? global_state()->snapshot() : nullptr;
  const Snapshot own = state_ != nullptr ? state_->snapshot() : nullptr;
  for (const auto& lists : {global.get(), own.get()}) {
    if (lists == nullptr) {
      continue;
    }
    for (const auto& entry : lists->of(HookKind::forward)) {
      if (!entry->alive.load(std::memory_order_acquire)) {
        continue;
      }
      if (entry->options.always_call_) {
        called_.push_back(entry.get());
      }
      entry->guarded([&] { entry->forward(module_, inputs, outputs); });
    }
  }
}

void HookRun::after(const Values& inputs, Values& outputs) {
  try {
    run_forward_hooks(inputs, outputs);
    if (backward_) {
      link_outputs(backward_, outputs);
    }
  } catch (...) {
    failed(inputs, outputs);
    throw;
  }
}

void HookRun::failed(const Values& inputs, Values& outputs) noexcept {
  if (failed_) {
    return;
  }
  failed_ = true;
  const Snapshot global = global_state()->snapshot();
  const Snapshot own = state_ != nullptr ? state_->snapshot() : nullptr;
  for (const auto& lists : {global.get(), own.get()}) {
    if (lists == nullptr) {
      continue;
    }
    for (const auto& entry : lists->of(HookKind::forward)) {
      if (!entry->options.always_call_ || !entry->alive.load(std::memory_order_acquire) ||
          std::find(called_.begin(), called_.end(), entry.get()) != called_.end()) {
        continue;
      }
      try {
        entry->guarded([&] { entry->forward(module_, inputs, outputs); });
      } catch (const std::exception& error) {
        TORCH_WARN(
            "a forward hook with always_call threw and was silenced, since forward of ",
            module_.name(),
            " had thrown already: ",
            error.what());
      } catch (...) {
        TORCH_WARN("a forward hook with always_call threw and was silenced");
      }
    }
  }
}

} // namespace detail

const std::shared_ptr<detail::HookState>& HookSite::state() {
  if (flag_.load(std::memory_order_acquire) == nullptr) {
    static std::mutex mutex;
    std::lock_guard<std::mutex> lock(mutex);
    if (!owner_) {
      owner_ = std::make_shared<detail::HookState>();
      flag_.store(owner_.get(), std::memory_order_release);
    }
  }
  return owner_;
}

const std::shared_ptr<detail::HookState>& detail::state_of(HookSite& site) {
  return site.state();
}

detail::HookState* HookSite::state_or_null() const noexcept {
  return static_cast<detail::HookState*>(flag_.load(std::memory_order_acquire));
}

ScopedHook::ScopedHook(
    std::weak_ptr<detail::HookState> state, const std::shared_ptr<detail::HookEntry>& entry)
    : state_(std::move(state)), entry_(entry), errors_(entry->errors) {}

ScopedHook::~ScopedHook() {
  remove();
}

ScopedHook& ScopedHook::operator=(ScopedHook&& other) noexcept {
  if (this != &other) {
    remove();
    state_ = std::move(other.state_);
    entry_ = std::move(other.entry_);
    errors_ = std::move(other.errors_);
  }
  return *this;
}

void ScopedHook::remove() {
  const auto state = state_.lock();
  const auto entry = entry_.lock();
  release();
  if (entry) {
    if (state) {
      state->remove(entry);
    } else {
      entry->alive.store(false, std::memory_order_release);
    }
  }
}

void ScopedHook::release() noexcept {
  state_.reset();
  entry_.reset();
}

bool ScopedHook::active() const {
  const auto entry = entry_.lock();
  return entry && !state_.expired() && entry->alive.load(std::memory_order_acquire);
}

std::vector<std::exception_ptr> ScopedHook::errors() const {
  if (!errors_) {
    return {};
  }
  std::lock_guard<std::mutex> lock(errors_->mutex);
  return errors_->errors;
}

size_t ScopedHook::error_count() const {
  if (!errors_) {
    return 0;
  }
  std::lock_guard<std::mutex> lock(errors_->mutex);
  return errors_->count;
}

std::vector<std::string> ScopedHook::error_messages() const {
  std::vector<std::string> messages;
  for (const auto& error : errors()) {
    try {
      std::rethrow_exception(error);
    } catch (const c10::Error& e) {
      messages.emplace_back(e.what_without_backtrace());
    } catch (const std::exception& e) {
      messages.emplace_back(e.what());
    } catch (...) {
      messages.emplace_back("an exception that is no std::exception");
    }
  }
  return messages;
}

} // namespace torchtidy
