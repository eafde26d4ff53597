#include <torchtidy/anomaly.h>

#include "hook_state.h"
#include "layers.h"
#include "tree.h"

#include <torchtidy/any_hooks.h>
#include <torchtidy/tensor_hook.h>

#include <unordered_set>

namespace torchtidy {

std::string NonFinite::to_string() const {
  return c10::str(
      "The ",
      tensor,
      " of ",
      name.empty() ? "the model" : "'" + name + "'",
      " (",
      type,
      ") has ",
      nan_count,
      " NaN and ",
      inf_count,
      " Inf among ",
      numel,
      " values; ",
      cause);
}

namespace detail {

using torch::Tensor;

/// Shared with the hooks; those of a graph that lives longer find it gone.
class AnomalyStore : public std::enable_shared_from_this<AnomalyStore> {
 public:
  explicit AnomalyStore(const AnomalyOptions& options) : options_(options) {}

  bool is_anomaly(const Tensor& tensor) const {
    if (!tensor.defined() || !(tensor.is_floating_point() || tensor.is_complex()) || tensor.numel() == 0) {
      return false;
    }
    const Tensor values = values_of(tensor);
    const Tensor bad = options_.inf_ ? at::isfinite(values).logical_not_() : at::isnan(values);
    return bad.any().item<bool>();
  }

  void see_output(const std::string& name, Module& module, const Values& inputs, const Values& outputs) {
    torch::NoGradGuard no_grad;
    for (const auto& tensor : outputs.tensors()) {
      if (is_anomaly(tensor)) {
        report(
            found(name, module.name(), "output", tensor, cause_in_forward(module, inputs)), first_forward_);
        return;
      }
    }
  }

  void see_gradient(
      const std::string& name, const std::string& type, const std::string& what, const Tensor& grad) {
    torch::NoGradGuard no_grad;
    const std::string seen = "the " + what + " of '" + name + "'";
    if (is_anomaly(grad)) {
      report(found(name, type, what, grad, cause_in_backward()), first_backward_);
    } else {
      std::lock_guard<std::mutex> lock(mutex_);
      last_finite_ = seen;
    }
  }

  /// Keeps a hook on a leaf, which has no graph that would end it.
  void keep(ScopedTensorHook hook) {
    std::lock_guard<std::mutex> lock(mutex_);
    leaf_hooks_.push_back(std::move(hook));
  }

  void watch(
      const std::string& name, const std::string& type, const std::string& what, const Tensor& tensor) {
    auto hook = [weak = weak_from_this(), name, type, what](const Tensor& grad) {
      if (const auto alive = weak.lock()) {
        alive->see_gradient(name, type, what, grad);
      }
    };
    if (tensor.is_leaf()) {
      keep(ScopedTensorHook(tensor, std::move(hook)));
    } else {
      tensor.register_hook(std::move(hook));
    }
  }

  Optional<NonFinite> first(bool backward) const {
    std::lock_guard<std::mutex> lock(mutex_);
    return backward ? first_backward_ : first_forward_;
  }

  void clear() {
    std::lock_guard<std::mutex> lock(mutex_);
    first_forward_ = Optional<NonFinite>();
    first_backward_ = Optional<NonFinite>();
    last_finite_.clear();
  }

 private:
  static Tensor values_of(const Tensor& tensor) {
    return tensor.is_sparse() ? tensor.coalesce().values() : tensor;
  }

  static NonFinite found(
      const std::string& name,
      const std::string& type,
      const std::string& what,
      const Tensor& tensor,
      std::string cause) {
    const Tensor values = values_of(tensor);
    NonFinite one;
    one.name = name;
    one.type = holder_name(type);
    one.tensor = what;
    one.nan_count = at::isnan(values).sum().item<int64_t>();
    one.inf_count = at::isinf(values).sum().item<int64_t>();
    one.numel = tensor.numel();
    one.cause = std::move(cause);
    return one;
  }

  std::string cause_in_forward(const Module& module, const Values& inputs) const {
    for (const auto& tensor : inputs.tensors()) {
      if (is_anomaly(tensor)) {
        return "its inputs have some already: they come from the model's inputs, or from what forward of a "
               "module around it does before";
      }
    }
    std::string tensors;
    walk_modules(
        module,
        "",
        [&](const std::string& prefix, const Module& owner) {
          visit_own_tensors(owner, [&](const std::string& name, const Tensor& tensor, bool /*is_parameter*/) {
            if (is_anomaly(tensor)) {
              tensors += (tensors.empty() ? "'" : ", '") + prefix + name + "'";
            }
          });
          return true;
        },
        [](const std::string& /*name*/, const Module& /*parent*/) {});
    return tensors.empty() ? "its inputs and tensors are finite: it comes up in this module"
                           : "its inputs are finite, but not its " + tensors;
  }

  std::string cause_in_backward() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return last_finite_.empty()
        ? "it is the first gradient that was seen: it comes from the loss, or from what follows this module"
        : "the last finite one was " + last_finite_ + ": it comes up between the two";
  }

  void report(const NonFinite& one, Optional<NonFinite>& first) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!first) {
        first = one;
      }
    }
    TORCH_CHECK(!options_.throws_, one.to_string());
  }

  const AnomalyOptions options_;
  mutable std::mutex mutex_;
  Optional<NonFinite> first_forward_;
  Optional<NonFinite> first_backward_;
  std::string last_finite_;
  std::vector<ScopedTensorHook> leaf_hooks_;
};

namespace {

/// Hooks for one module; its parameters' gradients.
void watch_module(
    const std::shared_ptr<AnomalyStore>& store,
    const std::string& name,
    Module& module,
    const AnomalyOptions& options,
    HookHandles& handles) {
  handles += hook_site(module).register_forward_hook(
      [store, name, options](Module& called, const Values& inputs, Values& outputs) {
        if (options.forward_) {
          store->see_output(name, called, inputs, outputs);
        }
        for (const auto& tensor : outputs.tensors()) {
          if (options.backward_ && tensor.defined() && tensor.requires_grad() && !tensor.is_leaf()) {
            store->watch(name, called.name(), "gradient of the output", tensor);
          }
        }
      });
}

void watch_parameters(const std::shared_ptr<AnomalyStore>& store, Module& model) {
  std::unordered_set<const torch::TensorImpl*> seen;
  for (const auto& named : all_modules(model, Names::first)) {
    for (const auto& item : named.second->named_parameters(/*recurse=*/false)) {
      const Tensor& tensor = item.value();
      if (tensor.requires_grad() && tensor.is_leaf() && seen.insert(tensor.unsafeGetTensorImpl()).second) {
        store->watch(named.first, named.second->name(), "gradient of '" + item.key() + "'", tensor);
      }
    }
  }
}

} // namespace
} // namespace detail

AnomalyMode::AnomalyMode(ModuleRef model, const AnomalyOptions& options)
    : store_(std::make_shared<detail::AnomalyStore>(options)) {
  detail::all_hookable_leaves(*model); // throws if there are none
  for (const auto& named : detail::all_modules(*model, detail::Names::first)) {
    torch::nn::Module& module = *named.second;
    if (is_hookable(module)) {
      detail::watch_module(store_, named.first, module, options, handles_);
    }
  }
  unwatched_ = detail::unhookable_leaves(*model);
  if (options.backward_) {
    detail::watch_parameters(store_, *model);
  }
}

AnomalyMode::~AnomalyMode() = default;
AnomalyMode::AnomalyMode(AnomalyMode&&) noexcept = default;
AnomalyMode& AnomalyMode::operator=(AnomalyMode&&) noexcept = default;

Optional<NonFinite> AnomalyMode::first_forward() const {
  return store_->first(/*backward=*/false);
}

Optional<NonFinite> AnomalyMode::first_backward() const {
  return store_->first(/*backward=*/true);
}

void AnomalyMode::clear() {
  store_->clear();
}

} // namespace torchtidy
