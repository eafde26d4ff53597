#pragma once

/// \file
/// Tensor hooks that can be taken off again without cost.
///
/// LibTorch's `Tensor::remove_hook` only empties the hook's place: after many register/remove pairs on one
/// parameter each backward walks all the empty places, and a hook that removes itself destroys its own
/// running closure. `ScopedTensorHook` takes one place a tensor, however often hooks come and go.

#include <torchtidy/handles.h>

#include <torch/types.h>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace torchtidy {

namespace detail {
class TensorHooks;
struct TensorHookEntry;
using TensorHookFn = std::function<torch::Tensor(const torch::Tensor& grad)>;
} // namespace detail

/// Runs a function when the gradient of a tensor has been computed, until the handle is destroyed.
/// Move-only. A removed hook does not start again; removing any hook inside any hook is safe.
/// Does not keep the tensor alive; may outlive it.
class [[nodiscard]] ScopedTensorHook {
 public:
  ScopedTensorHook() = default;

  /// `hook`: `(const Tensor& grad)`, returning void or the gradient to use instead (undefined: keep). `grad`
  /// has the shape, dtype and device of `tensor`. Hooks run in the order of registration.
  /// \throws c10::Error if `tensor` does not require a gradient.
  /// Mirrors `Tensor.register_hook`.
  template <typename Hook>
  ScopedTensorHook(const torch::Tensor& tensor, Hook hook) {
    if constexpr (std::is_void_v<std::invoke_result_t<Hook&, const torch::Tensor&>>) {
      attach(tensor, [hook = detail::copyable(std::move(hook))](const torch::Tensor& grad) mutable {
        hook(grad);
        return torch::Tensor();
      });
    } else {
      attach(tensor, detail::copyable(std::move(hook)));
    }
  }

  ~ScopedTensorHook() {
    remove();
  }
  ScopedTensorHook(ScopedTensorHook&& other) noexcept = default;
  ScopedTensorHook& operator=(ScopedTensorHook&& other) noexcept {
    if (this != &other) {
      remove();
      hooks_ = std::move(other.hooks_);
      entry_ = std::move(other.entry_);
    }
    return *this;
  }
  ScopedTensorHook(const ScopedTensorHook&) = delete;
  ScopedTensorHook& operator=(const ScopedTensorHook&) = delete;

  /// Removes the hook now. Does nothing if it is gone already.
  void remove();

  /// Lets the hook stay for as long as the tensor (for a non-leaf, its graph) lives.
  void release() noexcept;

 private:
  void attach(const torch::Tensor& tensor, detail::TensorHookFn hook);

  std::weak_ptr<detail::TensorHooks> hooks_;
  std::weak_ptr<detail::TensorHookEntry> entry_;
};

} // namespace torchtidy
