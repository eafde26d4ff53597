// Operation by operation what Python's swa_utils does, so that every bit agrees.

#include <torchtidy/averaged_model.h>

#include "tensor_copy.h"
#include "tree.h"

#include <ATen/ATen.h>
#include <torch/nn/modules/batchnorm.h>

#include <algorithm>
#include <unordered_set>

namespace torchtidy {
namespace {

using torch::Tensor;
using Tensors = std::vector<Tensor>;

void check_decay(double decay) {
  TORCH_CHECK(decay >= 0 && decay <= 1, "The decay of an average is ", decay, "; it has to be in [0, 1]");
}

/// Tensors of the same name in both, one a tensor.
struct Pairs {
  Tensors averaged;
  Tensors current;
};

using Steps = std::vector<detail::CopyStep>;

/// Adds those of the average with those of the model. `blends`: whether they will be averaged, not copied.
void match(
    const detail::TreeTensors::Named& averaged,
    const detail::TreeTensors::Named& model,
    bool blends,
    Steps& steps) {
  std::unordered_set<const at::TensorImpl*> seen;
  TORCH_CHECK(
      averaged.size() == model.size(),
      "AveragedModel: the average has ",
      averaged.size(),
      " tensors and the model ",
      model.size(),
      "; both have to be of one architecture");
  for (const auto& item : averaged) {
    const Tensor* from = model.find(item.key());
    TORCH_CHECK(from != nullptr, "AveragedModel: the model has no '", item.key(), "', which the average has");
    // A tied weight counts once, as in Python's parameters().
    if (!seen.insert(item.value().unsafeGetTensorImpl()).second) {
      continue;
    }
    std::string reason = detail::copy_refusal(item.value(), *from, {"the average", "the model"});
    if (reason.empty() && blends) {
      reason = detail::arithmetic_refusal(item.value(), "averaged");
    }
    TORCH_CHECK(reason.empty(), "AveragedModel: '", item.key(), "': ", reason, "; nothing was changed");
    steps.push_back({item.value().detach(), from->detach()});
  }
}

/// On the devices of the average.
Pairs pairs_of(const Steps& steps, size_t begin, size_t end) {
  Pairs pairs;
  for (size_t i = begin; i < end; ++i) {
    pairs.averaged.push_back(steps[i].target);
    pairs.current.push_back(steps[i].source.to(steps[i].target.device()));
  }
  return pairs;
}

void copy_all(const Pairs& pairs) {
  for (size_t i = 0; i < pairs.averaged.size(); ++i) {
    pairs.averaged[i].copy_(pairs.current[i]);
  }
}

void average_each(const AvgFn& avg_fn, const Pairs& pairs, const Tensor& n_averaged) {
  for (size_t i = 0; i < pairs.averaged.size(); ++i) {
    const Tensor& averaged = pairs.averaged[i];
    averaged.copy_(avg_fn(averaged, pairs.current[i], n_averaged.to(averaged.device())));
  }
}

/// By device and dtype.
void average_groups(const MultiAvgFn& multi_avg_fn, Pairs pairs, const Tensor& n_averaged) {
  while (!pairs.averaged.empty()) {
    const Tensor first = pairs.averaged.front();
    Pairs group, rest;
    for (size_t i = 0; i < pairs.averaged.size(); ++i) {
      const bool alike = pairs.averaged[i].device() == first.device() &&
          pairs.averaged[i].scalar_type() == first.scalar_type();
      auto& to = alike ? group : rest;
      to.averaged.push_back(pairs.averaged[i]);
      to.current.push_back(pairs.current[i]);
    }
    if (multi_avg_fn) {
      multi_avg_fn(group.averaged, group.current, n_averaged.to(first.device()));
    } else if (first.is_cuda()) {
      get_swa_multi_avg_fn()(group.averaged, group.current, n_averaged.to(first.device()));
    } else {
      average_each(get_swa_avg_fn(), group, n_averaged);
    }
    pairs = std::move(rest);
  }
}

} // namespace

MultiAvgFn get_ema_multi_avg_fn(double decay) {
  check_decay(decay);
  return [decay](const Tensors& averaged, const Tensors& current, const Tensor& /*n_averaged*/) {
    torch::NoGradGuard no_grad;
    if (detail::is_continuous(averaged.front())) {
      detail::lerp_all(averaged, current, 1 - decay);
      return;
    }
    for (size_t i = 0; i < averaged.size(); ++i) {
      averaged[i].copy_(averaged[i] * decay + current[i] * (1 - decay));
    }
  };
}

MultiAvgFn get_swa_multi_avg_fn() {
  return [](const Tensors& averaged, const Tensors& current, const Tensor& n_averaged) {
    torch::NoGradGuard no_grad;
    if (detail::is_continuous(averaged.front())) {
      detail::lerp_all(averaged, current, (n_averaged + 1).reciprocal().item());
      return;
    }
    for (size_t i = 0; i < averaged.size(); ++i) {
      averaged[i].add_((current[i] - averaged[i]).div(n_averaged + 1, "trunc"));
    }
  };
}

AvgFn get_ema_avg_fn(double decay) {
  check_decay(decay);
  return [decay](const Tensor& averaged, const Tensor& current, const Tensor& /*n_averaged*/) {
    torch::NoGradGuard no_grad;
    return decay * averaged + (1 - decay) * current;
  };
}

AvgFn get_swa_avg_fn() {
  return [](const Tensor& averaged, const Tensor& current, const Tensor& n_averaged) {
    torch::NoGradGuard no_grad;
    return averaged + (current - averaged) / (n_averaged + 1);
  };
}

namespace detail {

void check_cloneable(const torch::nn::Module& model) {
  check_children(model);
}

void check_options(const AveragedModelOptions& options) {
  TORCH_CHECK(
      !options.avg_fn_ || !options.multi_avg_fn_,
      "AveragedModelOptions: both avg_fn and multi_avg_fn are given; give one");
}

void update_average(
    torch::nn::Module& averaged,
    const torch::nn::Module& model,
    const Tensor& n_averaged,
    const AveragedModelOptions& options) {
  torch::NoGradGuard no_grad;
  const auto into = tensors_below(averaged), from = tensors_below(model);
  const bool is_first = n_averaged.item<int64_t>() == 0;
  Steps steps;
  match(into.parameters, from.parameters, !is_first, steps);
  const size_t parameters = steps.size();
  match(into.buffers, from.buffers, !is_first && options.use_buffers_, steps);
  separate(steps);
  Pairs pairs = pairs_of(steps, 0, options.use_buffers_ ? steps.size() : parameters);
  const Pairs copied = options.use_buffers_ ? Pairs() : pairs_of(steps, parameters, steps.size());
  if (is_first) {
    copy_all(pairs);
  } else if (options.avg_fn_) {
    average_each(options.avg_fn_, pairs, n_averaged);
  } else {
    average_groups(options.multi_avg_fn_, std::move(pairs), n_averaged);
  }
  copy_all(copied);
  Tensor(n_averaged).add_(1);
}

BatchNormScope::BatchNormScope(torch::nn::Module& model) : modes_(model) {
  const auto take = [this](auto* norm) {
    if (norm != nullptr) {
      norm->reset_running_stats();
      momenta_.emplace_back(&norm->options.momentum(), norm->options.momentum());
      // Not "= {}", which is 0 for the optional of LibTorch 1.13.
      norm->options.momentum() = Optional<double>();
    }
  };
  modes_.visit([&](torch::nn::Module& module) {
    take(dynamic_cast<torch::nn::BatchNorm1dImpl*>(&module));
    take(dynamic_cast<torch::nn::BatchNorm2dImpl*>(&module));
    take(dynamic_cast<torch::nn::BatchNorm3dImpl*>(&module));
  });
  if (!momenta_.empty()) {
    model.train();
  }
}

BatchNormScope::~BatchNormScope() {
  for (const auto& item : momenta_) {
    *item.first = item.second;
  }
}

} // namespace detail
} // namespace torchtidy
