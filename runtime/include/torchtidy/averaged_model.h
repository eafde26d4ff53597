#pragma once

/// \file
/// Averages of a model's weights over training, with the names, keys and numbers of Python's
/// `torch.optim.swa_utils`: exponential moving averages (EMA) and stochastic weight averaging (SWA).
///
/// \code
/// torchtidy::AveragedModel<Net> ema(
///     net, torchtidy::AveragedModelOptions().multi_avg_fn(torchtidy::get_ema_multi_avg_fn(0.999)));
/// for (auto& batch : *loader) {
///   …
///   optimizer.step();
///   ema->update_parameters(net);
/// }
/// torchtidy::update_bn(*loader, ema);       // statistics of batch norms, for the averaged weights
/// auto scores = ema->forward(x);
/// \endcode
///
/// The copy is a module of its own: `module.*` and the buffer `n_averaged` in state dicts and archives.
/// For one value of `tau` and no count, `soft_update` (training.h) needs no second class.

#include <torchtidy/deep_copy.h>
#include <torchtidy/kept_modes.h>
#include <torchtidy/module_ref.h>

#include <ATen/core/grad_mode.h>
#include <torch/types.h>

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {

/// Writes to `averaged`, tensors of one device and dtype, what they become with `current`. `n_averaged`: how
/// many models were averaged so far; an integer tensor without dimensions, on that device.
using MultiAvgFn = std::function<void(
    const std::vector<torch::Tensor>& averaged,
    const std::vector<torch::Tensor>& current,
    const torch::Tensor& n_averaged)>;
/// The same for one tensor; gives the new average.
using AvgFn = std::function<torch::Tensor(
    const torch::Tensor& averaged, const torch::Tensor& current, const torch::Tensor& n_averaged)>;

/// decay * averaged + (1 - decay) * current, in one operation for all tensors with LibTorch 2. Mirrors
/// `swa_utils.get_ema_multi_avg_fn`. \throws c10::Error if `decay` is not in [0, 1].
MultiAvgFn get_ema_multi_avg_fn(double decay = 0.999);
/// The mean of all models. Mirrors `swa_utils.get_swa_multi_avg_fn`.
MultiAvgFn get_swa_multi_avg_fn();
/// The same tensor by tensor. Mirror `swa_utils.get_ema_avg_fn` and `swa_utils.get_swa_avg_fn`.
AvgFn get_ema_avg_fn(double decay = 0.999);
AvgFn get_swa_avg_fn();

/// How models are averaged; the mean of all (SWA) if neither function is given.
struct AveragedModelOptions {
  /// Where the average is kept (default: where the model is).
  AveragedModelOptions& device(torch::Device value) {
    device_ = value;
    return *this;
  }
  AveragedModelOptions& avg_fn(AvgFn value) {
    avg_fn_ = std::move(value);
    return *this;
  }
  AveragedModelOptions& multi_avg_fn(MultiAvgFn value) {
    multi_avg_fn_ = std::move(value);
    return *this;
  }
  /// Averages the buffers as well; else they are copied from the model at each update (default).
  AveragedModelOptions& use_buffers(bool value) {
    use_buffers_ = value;
    return *this;
  }

  Optional<torch::Device> device_;
  AvgFn avg_fn_;
  MultiAvgFn multi_avg_fn_;
  bool use_buffers_ = false;
};

namespace detail {

/// \throws c10::Error if a child is null, which LibTorch's `clone` would call.
void check_cloneable(const torch::nn::Module& model);
/// \throws c10::Error if both functions are given.
void check_options(const AveragedModelOptions& options);
void update_average(
    torch::nn::Module& averaged,
    const torch::nn::Module& model,
    const torch::Tensor& n_averaged,
    const AveragedModelOptions& options);

template <typename Model>
struct ImplOf {
  using type = typename Model::ContainedType;
};
template <typename Impl>
struct ImplOf<std::shared_ptr<Impl>> {
  using type = Impl;
};

/// A deep copy by `clone()`, with the modes and `requires_grad` of the original.
template <typename Model>
Model clone_of(const torch::nn::Module& model) {
  using Impl = typename ImplOf<Model>::type;
  check_cloneable(model);
  const auto copy = std::dynamic_pointer_cast<Impl>(model.clone());
  TORCH_CHECK(
      copy,
      "AveragedModel: clone() of a ",
      model.name(),
      " gave no module of the class that AveragedModel<…> names");
  become_copy(copy, model);
  return Model(copy);
}

} // namespace detail

/// See the top of this file. `Model`, what the copy is kept in, is a holder or a `shared_ptr`; the model may
/// be given in any form.
template <typename Model>
class AveragedModelImpl : public torch::nn::Module {
 public:
  /// Copies `model` with `clone()`.
  /// \throws c10::Error if its class has none (give a factory) or is not that of `Model`, or if both
  /// functions are given.
  explicit AveragedModelImpl(ConstModuleRef model, AveragedModelOptions options = {})
      : AveragedModelImpl(Made(), detail::clone_of<Model>(*model), std::move(options)) {}
  /// For classes without `clone()`: `factory` makes a model of the same architecture (`deep_copy`).
  template <typename Factory, typename = std::enable_if_t<std::is_invocable_r_v<Model, Factory&>>>
  AveragedModelImpl(ConstModuleRef model, AveragedModelOptions options, Factory&& factory)
      : AveragedModelImpl(Made(), deep_copy(model, factory), std::move(options)) {}

  /// As that of the model.
  template <typename... Inputs>
  auto forward(Inputs&&... inputs) {
    return module->forward(std::forward<Inputs>(inputs)...);
  }

  /// Takes the present weights of `model` into the average; the first time it copies them. Waits for the
  /// device, as Python does. Mirrors `AveragedModel.update_parameters`.
  /// \throws c10::Error, before anything has changed, if names or shapes are others, or a tensor is of a kind
  /// that cannot be copied or averaged.
  void update_parameters(ConstModuleRef model) {
    detail::update_average(*module, *model, n_averaged, options_);
  }

  /// The average.
  Model module{nullptr};
  /// How many models are in it; int64, no dimensions.
  torch::Tensor n_averaged;

 private:
  struct Made {};
  AveragedModelImpl(Made /*tag*/, Model copy, AveragedModelOptions options)
      : torch::nn::Module("torchtidy::AveragedModel"), options_(std::move(options)) {
    detail::check_options(options_);
    if (options_.device_) {
      copy->to(*options_.device_);
    }
    module = register_module("module", std::move(copy));
    n_averaged = register_buffer(
        "n_averaged",
        torch::zeros(
            {}, torch::TensorOptions().dtype(torch::kLong).device(options_.device_.value_or(torch::kCPU))));
  }

  AveragedModelOptions options_;
};

/// A model and the average of what it was; see the top of this file.
template <typename Model>
class AveragedModel : public torch::nn::ModuleHolder<AveragedModelImpl<Model>> {
 public:
  using Impl = AveragedModelImpl<Model>;
  using torch::nn::ModuleHolder<Impl>::ModuleHolder;
};

namespace detail {

/// While it lives, the model is in training mode and its batch norms, which begin anew, count every batch
/// alike. At its end each module has the mode and momentum that it had before.
class BatchNormScope {
 public:
  explicit BatchNormScope(torch::nn::Module& model);
  BatchNormScope(const BatchNormScope&) = delete;
  BatchNormScope& operator=(const BatchNormScope&) = delete;
  ~BatchNormScope();

  /// Whether there is any batch norm.
  explicit operator bool() const {
    return !momenta_.empty();
  }

 private:
  KeptModes modes_;
  std::vector<std::pair<Optional<double>*, Optional<double>>> momenta_;
};

template <typename T, typename = void>
struct HasData : std::false_type {};
template <typename T>
struct HasData<
    T,
    std::enable_if_t<std::is_same_v<std::decay_t<decltype(std::declval<T&>().data)>, torch::Tensor>>>
    : std::true_type {};

/// The inputs in a batch: itself, its `data` (of an Example), or its first element.
template <typename Batch>
torch::Tensor inputs_of(const Batch& batch) {
  if constexpr (std::is_same_v<Batch, torch::Tensor>) {
    return batch;
  } else if constexpr (HasData<const Batch>::value) {
    return batch.data;
  } else if constexpr (std::is_same_v<Batch, std::vector<torch::Tensor>>) {
    return batch.at(0);
  } else {
    return std::get<0>(batch);
  }
}

} // namespace detail

/// Computes the running statistics of the batch norms of `model` anew, in one pass over `loader`: the mean of
/// those of all batches. Mirrors `swa_utils.update_bn`.
/// \param model a module of its own class, on the stack too, a holder or a `shared_ptr`.
/// \param loader a range of Tensors, Examples (as `*data_loader`), or pairs, tuples and vectors whose first
/// element is the input.
/// \param device where batches are moved to first, if given.
template <typename Loader, typename Model>
void update_bn(Loader&& loader, Model&& model, Optional<torch::Device> device = {}) {
  const auto module = detail::pointer_of(model);
  at::NoGradGuard no_grad;
  const detail::BatchNormScope scope(*module);
  if (!scope) {
    return;
  }
  for (const auto& batch : loader) {
    const torch::Tensor inputs = detail::inputs_of(batch);
    module->forward(device ? inputs.to(*device) : inputs);
  }
}

} // namespace torchtidy
