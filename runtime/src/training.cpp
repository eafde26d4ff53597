#include <torchtidy/training.h>

#include "near_names.h"
#include "tensor_copy.h"
#include "tree.h"

#include <ATen/ATen.h>

#include <cmath>
#include <functional>
#include <limits>
#include <unordered_set>

namespace torchtidy {

using torch::Tensor;

InferenceScope::InferenceScope(ModuleRef model) : modes_(std::make_unique<detail::KeptModes>(*model)) {
  model->eval();
}

InferenceScope::InferenceScope(torch::jit::Module& model) {
  for (torch::jit::Module module : model.modules()) {
    if (module.hasattr("training")) {
      script_modes_.emplace_back(module, module.is_training());
      module.setattr("training", false);
    }
  }
}

namespace {
torch::jit::Module& checked(const std::shared_ptr<torch::jit::Module>& model) {
  TORCH_CHECK(model, "torchtidy::InferenceScope: the model is null; build or load it first");
  return *model;
}
} // namespace

InferenceScope::InferenceScope(const std::shared_ptr<torch::jit::Module>& model)
    : InferenceScope(checked(model)) {}

InferenceScope::~InferenceScope() {
  for (auto& [module, training] : script_modes_) {
    module.setattr("training", training);
  }
}

void RunningMean::add(const Tensor& value, int64_t weight) {
  TORCH_CHECK(
      value.defined(), "torchtidy::RunningMean: the value is undefined; add what the loss function returned");
  TORCH_CHECK(
      value.numel() == 1,
      "torchtidy::RunningMean: the value has ",
      value.numel(),
      " elements; add its mean() or its sum()");
  if (value.is_cpu()) { // no device to wait for
    add(value.item<double>(), weight);
    return;
  }
  // A sum that is made in inference mode could not be added to outside of it.
  const c10::InferenceMode off(false);
  const torch::NoGradGuard no_grad;
  if (!sum_.defined()) {
    sum_ = torch::zeros({}, value.options().dtype(torch::kDouble).requires_grad(false));
  }
  sum_.add_(value.detach().reshape({}).to(sum_.options()), weight);
  count_ += weight;
}

void RunningMean::add(double value, int64_t weight) {
  host_sum_ += value * static_cast<double>(weight);
  count_ += weight;
}

double RunningMean::mean() const {
  if (count_ == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return (host_sum_ + (sum_.defined() ? sum_.item<double>() : 0)) / static_cast<double>(count_);
}

void RunningMean::reset() {
  *this = RunningMean();
}

namespace {

/// A module's parameters and buffers, by name.
class Entries {
 public:
  explicit Entries(const torch::nn::Module& module) : tensors_(detail::tensors_below(module)) {}

  size_t size() const {
    return tensors_.parameters.size() + tensors_.buffers.size();
  }
  const Tensor* find(const std::string& name) const {
    const Tensor* parameter = tensors_.parameters.find(name);
    return parameter != nullptr ? parameter : tensors_.buffers.find(name);
  }
  template <typename Visit>
  void each(Visit visit) const {
    for (const auto* entries : {&tensors_.parameters, &tensors_.buffers}) {
      for (const auto& item : *entries) {
        visit(item.key(), item.value());
      }
    }
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    each([&](const std::string& name, const Tensor&) { all.push_back(name); });
    return all;
  }

 private:
  detail::TreeTensors tensors_;
};

void require_all(const char* function, const Entries& some, const Entries& others, const char* which) {
  some.each([&](const std::string& name, const Tensor&) {
    TORCH_CHECK(
        others.find(name) != nullptr,
        "torchtidy::",
        function,
        ": '",
        name,
        "' is not in the ",
        which,
        " (",
        detail::near_names(name, others.names(), 3, "its entries"),
        "); both have to be of one architecture");
  });
}

using Refusal =
    std::function<std::string(const Tensor& target, const Tensor& source, const detail::CopySides& sides)>;

/// A target's tensors with their sources, each once. \throws c10::Error if one lacks its partner, or
/// `refusal` has something against a pair.
std::vector<detail::CopyStep> matched(
    const char* function,
    const torch::nn::Module& target,
    const torch::nn::Module& source,
    const Refusal& refusal) {
  const Entries to(target), from(source);
  require_all(function, to, from, "source");
  if (from.size() != to.size()) {
    require_all(function, from, to, "target");
  }
  std::vector<detail::CopyStep> steps;
  std::unordered_set<const at::TensorImpl*> seen;
  steps.reserve(to.size());
  seen.reserve(to.size());
  to.each([&](const std::string& name, const Tensor& into) {
    const Tensor& value = *from.find(name);
    // Once, where a tensor stands under two names: tied weights would be blended twice.
    if (into.is_same(value) || !seen.insert(into.unsafeGetTensorImpl()).second) {
      return;
    }
    const std::string reason = refusal(into, value, {"the target", "the source"});
    TORCH_CHECK(reason.empty(), "torchtidy::", function, ": '", name, "': ", reason, "; nothing was changed");
    steps.push_back({into, value});
  });
  return steps;
}

/// Those that can be copied; what of a source shares memory with the target is a copy.
std::vector<detail::CopyStep> matched_to_copy(
    const char* function,
    const torch::nn::Module& target,
    const torch::nn::Module& source,
    const Refusal& refusal = detail::copy_refusal) {
  auto steps = matched(function, target, source, refusal);
  detail::separate(steps);
  return steps;
}

/// What is against blending `source` into `target`; "" if nothing is.
std::string blend_refusal(const Tensor& target, const Tensor& source, const detail::CopySides& sides) {
  std::string reason = detail::copy_refusal(target, source, sides);
  if (!reason.empty() || !detail::is_continuous(target)) {
    return reason;
  }
  reason = detail::arithmetic_refusal(target, "blended");
  const auto type = target.scalar_type();
  if (!reason.empty() || type == torch::kFloat || type == torch::kDouble) {
    return reason;
  }
  try { // not every backend blends every type
    const Tensor one = torch::zeros({1}, target.options().requires_grad(false));
    detail::lerp_all({one}, {one.clone()}, 0.5);
    return "";
  } catch (const c10::Error& error) {
    return std::string("LibTorch cannot blend it: ") + error.what_without_backtrace();
  }
}

} // namespace

void copy_weights(ModuleRef target, ConstModuleRef source) {
  const auto steps = matched_to_copy("copy_weights", *target, *source);
  const torch::NoGradGuard no_grad;
  for (const auto& step : steps) {
    step.target.copy_(step.source);
  }
}

namespace detail {

void become_copy(ModuleRef copy, ConstModuleRef source) {
  const auto steps = matched("deep_copy", *copy, *source, take_refusal);
  const torch::NoGradGuard no_grad;
  for (const auto& [into, value] : steps) {
    TORCH_CHECK(
        into.is_leaf(),
        "torchtidy::deep_copy: the factory made a parameter that is the result of an operation");
    Tensor(into).set_data(value.detach().clone());
    if (into.is_floating_point() || into.is_complex()) {
      into.requires_grad_(value.requires_grad());
    }
  }
  copy_modes(*copy, *source);
}

} // namespace detail

void soft_update(ModuleRef target, ConstModuleRef source, double tau) {
  TORCH_CHECK(
      tau >= 0 && tau <= 1,
      "torchtidy::soft_update: tau is ",
      tau,
      "; it is the share of the source, between 0 and 1");
  const auto steps = matched_to_copy("soft_update", *target, *source, blend_refusal);
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> into, values;
  into.reserve(steps.size());
  values.reserve(steps.size());
  for (const auto& step : steps) {
    if (!detail::is_continuous(step.target)) {
      step.target.copy_(step.source);
      continue;
    }
    into.push_back(step.target);
    const bool fits = step.source.device() == step.target.device() &&
        step.source.scalar_type() == step.target.scalar_type();
    values.push_back(fits ? step.source : step.source.to(step.target.options()));
  }
  if (!into.empty()) {
    detail::lerp_all(into, values, tau);
  }
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate) {
  TORCH_CHECK(
      std::isfinite(rate) && rate >= 0,
      "torchtidy::set_learning_rate: the rate is ",
      rate,
      "; it has to be a number that is not negative");
  for (auto& group : optimizer.param_groups()) {
    group.options().set_lr(rate);
  }
}

namespace detail {

torch::optim::OptimizerOptions& group_options(torch::optim::Optimizer& optimizer, size_t group) {
  auto& groups = optimizer.param_groups();
  TORCH_CHECK(
      group < groups.size(),
      "torchtidy::options_of: there is no group ",
      group,
      "; the optimizer has ",
      groups.size());
  return groups[group].options();
}

} // namespace detail
} // namespace torchtidy
