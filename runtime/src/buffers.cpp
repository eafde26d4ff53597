#include <torchtidy/buffers.h>

#include <c10/core/TensorImpl.h>
#include <c10/core/UndefinedTensorImpl.h>

#include <atomic>
#include <mutex>
#include <unordered_map>

namespace torchtidy {
namespace {

using WeakTensor = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

/// The tensors that state dicts leave out. A module's address would not do: constructors register before
/// anything owns the module. Never destroyed, as modules with static lifetime may register later.
class Transients {
 public:
  static Transients& get() {
    static auto* transients = new Transients();
    return *transients;
  }

  void add(const torch::Tensor& tensor) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (tensors_.size() >= next_prune_) {
      prune();
    }
    // Weak: the entry does not keep the values, and no other tensor gets the address.
    tensors_.emplace(tensor.unsafeGetTensorImpl(), WeakTensor(tensor.getIntrusivePtr()));
    any_ = true;
  }

  bool contains(const torch::Tensor& tensor) {
    if (!any_) {
      return false;
    }
    std::lock_guard<std::mutex> lock(mutex_);
    return tensors_.count(tensor.unsafeGetTensorImpl()) != 0;
  }

 private:
  void prune() {
    for (auto item = tensors_.begin(); item != tensors_.end();) {
      item = item->second.expired() ? tensors_.erase(item) : std::next(item);
    }
    next_prune_ = 2 * tensors_.size() + 64;
  }

  std::mutex mutex_;
  std::atomic<bool> any_{false};
  std::unordered_map<const c10::TensorImpl*, WeakTensor> tensors_;
  size_t next_prune_ = 64;
};

} // namespace

torch::Tensor register_buffer(
    ModuleRef module, const std::string& name, torch::Tensor tensor, bool persistent) {
  torch::Tensor registered = module->register_buffer(name, std::move(tensor));
  if (!persistent && registered.defined()) {
    Transients::get().add(registered);
  }
  return registered;
}

bool is_persistent(const torch::Tensor& buffer) {
  return !Transients::get().contains(buffer);
}

} // namespace torchtidy
