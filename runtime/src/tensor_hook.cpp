#include <torchtidy/tensor_hook.h>

#include <torch/csrc/autograd/function.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace torchtidy {
namespace detail {

struct TensorHookEntry {
  TensorHookFn hook;
  std::atomic<bool> alive{true};
};

/// All hooks of one tensor, behind the one hook that LibTorch has. LibTorch owns this object.
class TensorHooks {
 public:
  using List = std::vector<std::shared_ptr<TensorHookEntry>>;

  TensorHooks(const torch::Tensor& tensor, const void* graph)
      : tensor_(tensor.getIntrusivePtr()), graph_(graph) {}

  /// Whether this is still the place for hooks of `tensor`: an in-place operation gives it another graph.
  bool serves(const torch::Tensor& tensor, const void* graph) const {
    return graph_ == graph && tensor_._unsafe_get_target() == tensor.unsafeGetTensorImpl();
  }

  void add(std::shared_ptr<TensorHookEntry> entry) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto next = std::make_shared<List>(*list_);
    next->push_back(std::move(entry));
    list_ = std::move(next);
  }

  void remove(const std::shared_ptr<TensorHookEntry>& entry) {
    std::shared_ptr<const List> old; // closures die after the lock
    std::lock_guard<std::mutex> lock(mutex_);
    auto next = std::make_shared<List>(*list_);
    next->erase(std::remove(next->begin(), next->end(), entry), next->end());
    old = std::move(list_);
    list_ = std::move(next);
  }

  torch::Tensor run(const torch::Tensor& grad) {
    std::shared_ptr<const List> list;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      list = list_;
    }
    torch::Tensor current = grad;
    for (const auto& entry : *list) {
      if (entry->alive.load(std::memory_order_acquire)) {
        torch::Tensor replacement = entry->hook(current);
        if (replacement.defined()) {
          current = std::move(replacement);
        }
      }
    }
    return current;
  }

 private:
  // Weak: keeps the address from being used again, not the data.
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> tensor_;
  const void* graph_;
  std::mutex mutex_;
  std::shared_ptr<const List> list_ = std::make_shared<List>();
};

namespace {

class Registry {
 public:
  static Registry& get() {
    static auto* registry = new Registry();
    return *registry;
  }

  std::shared_ptr<TensorHooks> find_or_make(const torch::Tensor& tensor) {
    const void* graph = tensor.is_leaf() ? nullptr : tensor.grad_fn().get();
    std::lock_guard<std::mutex> lock(mutex_);
    std::weak_ptr<TensorHooks>& place = hooks_[tensor.unsafeGetTensorImpl()];
    if (auto hooks = place.lock()) {
      if (hooks->serves(tensor, graph)) {
        return hooks;
      }
    }
    auto hooks = std::make_shared<TensorHooks>(tensor, graph);
    tensor.register_hook([hooks](const torch::Tensor& grad) { return hooks->run(grad); });
    place = hooks;
    if (hooks_.size() >= sweep_at_) {
      for (auto entry = hooks_.begin(); entry != hooks_.end();) {
        entry = entry->second.expired() ? hooks_.erase(entry) : std::next(entry);
      }
      sweep_at_ = std::max<size_t>(256, 2 * hooks_.size());
    }
    return hooks;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<const c10::TensorImpl*, std::weak_ptr<TensorHooks>> hooks_;
  size_t sweep_at_ = 256;
};

} // namespace
} // namespace detail

void ScopedTensorHook::attach(const torch::Tensor& tensor, detail::TensorHookFn hook) {
  TORCH_CHECK(
      tensor.defined() && tensor.requires_grad(),
      "Cannot hook the gradient of a tensor that does not require one");
  auto entry = std::make_shared<detail::TensorHookEntry>();
  entry->hook = std::move(hook);
  const auto hooks = detail::Registry::get().find_or_make(tensor);
  hooks->add(entry);
  hooks_ = hooks;
  entry_ = entry;
}

void ScopedTensorHook::remove() {
  const auto hooks = hooks_.lock();
  const auto entry = entry_.lock();
  release();
  if (entry) {
    entry->alive.store(false, std::memory_order_release);
    if (hooks) {
      hooks->remove(entry);
    }
  }
}

void ScopedTensorHook::release() noexcept {
  hooks_.reset();
  entry_.reset();
}

} // namespace torchtidy
