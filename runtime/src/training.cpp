#include <torchtidy/training.h>

#include "near_names.h"
#include "tree.h"

#include <ATen/ATen.h>
#include <torch/version.h>

#include <cmath>
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
  using Dict = torch::OrderedDict<std::string, Tensor>;

  explicit Entries(const torch::nn::Module& module)
      : parameters_(module.named_parameters()), buffers_(module.named_buffers()) {}

  size_t size() const {
    return parameters_.size() + buffers_.size();
  }
  const Tensor* find(const std::string& name) const {
    const Tensor* parameter = parameters_.find(name);
    return parameter != nullptr ? parameter : buffers_.find(name);
  }
  template <typename Visit>
  void each(Visit visit) const {
    for (const Dict* entries : {&parameters_, &buffers_}) {
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
  Dict parameters_, buffers_;
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

/// Pairs of a target's tensor and its source, on the target's device and of its dtype; all checked.
std::vector<std::pair<Tensor, Tensor>> matched(
    const char* function, const torch::nn::Module& target, const torch::nn::Module& source) {
  const Entries to(target), from(source);
  require_all(function, to, from, "source");
  if (from.size() != to.size()) {
    require_all(function, from, to, "target");
  }
  std::vector<std::pair<Tensor, Tensor>> pairs;
  std::unordered_set<const at::TensorImpl*> seen;
  pairs.reserve(to.size());
  seen.reserve(to.size());
  to.each([&](const std::string& name, const Tensor& into) {
    const Tensor& value = *from.find(name);
    TORCH_CHECK(
        into.defined() == value.defined(),
        "torchtidy::",
        function,
        ": '",
        name,
        "' is undefined in the ",
        into.defined() ? "source" : "target",
        " alone");
    if (!into.defined()) {
      return;
    }
    TORCH_CHECK(
        into.sizes() == value.sizes(),
        "torchtidy::",
        function,
        ": '",
        name,
        "' is of shape ",
        into.sizes(),
        " in the target and ",
        value.sizes(),
        " in the source");
    TORCH_CHECK(
        !into.is_inference() || c10::InferenceMode::is_enabled(),
        "torchtidy::",
        function,
        ": '",
        name,
        "' of the target was made in inference mode and cannot be written outside of it");
    // Once, where a tensor stands under two names: tied weights would be blended twice.
    if (!into.is_same(value) && seen.insert(into.unsafeGetTensorImpl()).second) {
      pairs.emplace_back(into, value);
    }
  });
  return pairs;
}

} // namespace

void copy_weights(ModuleRef target, ConstModuleRef source) {
  const auto pairs = matched("copy_weights", *target, *source);
  const torch::NoGradGuard no_grad;
  for (const auto& [into, value] : pairs) {
    into.copy_(value);
  }
}

namespace detail {

void become_copy(ModuleRef copy, ConstModuleRef source) {
  const auto pairs = matched("deep_copy", *copy, *source);
  const torch::NoGradGuard no_grad;
  for (const auto& [into, value] : pairs) {
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
  const auto pairs = matched("soft_update", *target, *source);
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> into, values;
  into.reserve(pairs.size());
  values.reserve(pairs.size());
  for (const auto& pair : pairs) {
    if (!pair.first.is_floating_point() && !pair.first.is_complex()) {
      pair.first.copy_(pair.second);
      continue;
    }
    into.push_back(pair.first);
    const bool fits =
        pair.second.device() == pair.first.device() && pair.second.dtype() == pair.first.dtype();
    values.push_back(fits ? pair.second : pair.second.to(pair.first.options()));
  }
  if (into.empty()) {
    return;
  }
#if TORCH_VERSION_MAJOR >= 2
  at::_foreach_lerp_(into, values, tau);
#else
  for (size_t index = 0; index < into.size(); ++index) {
    into[index].lerp_(values[index], tau);
  }
#endif
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
