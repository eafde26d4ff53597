#pragma once

/// \file
/// What training loops and servers write by hand, and get wrong: modes, running losses, weights carried from
/// one model to another, options of optimizers.
///
/// \code
/// {
///   torchtidy::InferenceScope scope(model);        // eval() and inference mode, both undone at the end
///   auto scores = model->forward(batch);
/// }
/// torchtidy::LossMeter losses;
/// losses.add(loss);                                // no graph, no wait for the device
/// std::cout << losses.mean();                      // one copy
///
/// torchtidy::copy_weights(target, online);         // by name; checked before anything changes
/// torchtidy::soft_update(target, online, 0.005);   // target += tau * (online - target)
/// auto workers = torchtidy::copies(model, 4, [&] { return Net(options); }); // for classes without clone()
///
/// torchtidy::set_learning_rate(optimizer, 1e-4);   // of every group
/// torchtidy::options_of<torch::optim::SGD>(optimizer).momentum(0.9);
/// \endcode
///
/// Errors are `c10::Error`s that say what to do.

#include <torchtidy/deep_copy.h>
#include <torchtidy/kept_modes.h>
#include <torchtidy/module_ref.h>

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/optim/adagrad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/sgd.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace torchtidy {

/// While it lives, the model and every module in it are in evaluation mode and the thread is in inference
/// mode. At its end, also by an exception, each module has the mode that it had before, whatever its parent
/// has.
///
/// The mode of a model is seen by all threads; inference mode is the own thread's. Tensors that are made
/// meanwhile can take no part in a graph later (c10::InferenceMode): `clone()` those that have to. The
/// modules must outlive the scope.
class InferenceScope {
 public:
  /// \throws c10::Error if the holder or pointer is empty, or a child is null.
  explicit InferenceScope(ModuleRef model);
  /// A script module. What `torch::jit::freeze` made of one has no mode, and keeps none.
  explicit InferenceScope(torch::jit::Module& model);
  explicit InferenceScope(const std::shared_ptr<torch::jit::Module>& model);
  InferenceScope(const InferenceScope&) = delete;
  InferenceScope& operator=(const InferenceScope&) = delete;
  ~InferenceScope();

 private:
  std::unique_ptr<detail::KeptModes> modes_; // null for a script module
  std::vector<std::pair<torch::jit::Module, bool>> script_modes_;
  c10::InferenceMode guard_;
};

/// A mean that grows with each batch. `add` keeps no graph and waits for no device: the sum is one double on
/// the device of the first value. Not for several threads at once.
class RunningMean {
 public:
  /// \param value one number of a floating-point or integer type, such as a loss; it counts `weight` times
  /// (the size of the batch, where the value is the batch's mean).
  /// \throws c10::Error if it is undefined or has other than one element.
  void add(const torch::Tensor& value, int64_t weight = 1);
  void add(double value, int64_t weight = 1);

  /// Of all that was added; waits for the device. NaN before the first value, as the mean of nothing is.
  [[nodiscard]] double mean() const;
  /// The sum of weights.
  [[nodiscard]] int64_t count() const {
    return count_;
  }
  void reset();

 private:
  torch::Tensor sum_; // undefined before the first tensor
  double host_sum_ = 0;
  int64_t count_ = 0;
};
using LossMeter = RunningMean;

/// The parameters and buffers of `target` get the values of those of `source` with the same name, across
/// devices and dtypes; no gradient is recorded.
/// \throws c10::Error, before anything has changed, if a name is missing on either side, a shape differs, a
/// tensor is undefined on one side, or one cannot be copied (quantized or complex into others, an expanded
/// target), or a child is null.
void copy_weights(ModuleRef target, ConstModuleRef source);

/// The same with `target += tau * (source - target)` for floating-point and complex tensors: the target
/// network of DDPG and SAC, an exponential moving average. Buffers too; those of integers
/// (`num_batches_tracked`) are copied. With LibTorch 2 it computes as Python's `torch._foreach_lerp_`.
/// \throws c10::Error as copy_weights, and if one cannot be blended (sparse).
/// \param tau in [0, 1]; 1 is copy_weights.
void soft_update(ModuleRef target, ConstModuleRef source, double tau);

/// The learning rate of every group, at once for the next step. \throws c10::Error if it is negative or no
/// number.
void set_learning_rate(torch::optim::Optimizer& optimizer, double rate);

namespace detail {

template <typename Optimizer>
struct OptionsOf;
#define TORCHTIDY_OPTIONS(Name)                \
  template <>                                  \
  struct OptionsOf<torch::optim::Name> {       \
    using type = torch::optim::Name##Options;  \
    static constexpr const char* name = #Name; \
  };
TORCHTIDY_OPTIONS(Adagrad)
TORCHTIDY_OPTIONS(Adam)
TORCHTIDY_OPTIONS(AdamW)
TORCHTIDY_OPTIONS(LBFGS)
TORCHTIDY_OPTIONS(RMSprop)
TORCHTIDY_OPTIONS(SGD)
#undef TORCHTIDY_OPTIONS

/// Those of a group; \throws c10::Error if there is no such group.
torch::optim::OptimizerOptions& group_options(torch::optim::Optimizer& optimizer, size_t group);

} // namespace detail

/// The options of a group themselves: what is changed in them is what the next step takes. `defaults()`, and
/// a copy of the options, change nothing.
/// \param group a parameter group, from 0.
/// \throws c10::Error if there is no such group, or the optimizer is of another class.
template <typename Optimizer>
[[nodiscard]] typename detail::OptionsOf<Optimizer>::type& options_of(
    torch::optim::Optimizer& optimizer, size_t group = 0) {
  using Options = typename detail::OptionsOf<Optimizer>::type;
  auto* options = dynamic_cast<Options*>(&detail::group_options(optimizer, group));
  TORCH_CHECK(
      options,
      "torchtidy::options_of: the options of group ",
      group,
      " are not those of torch::optim::",
      detail::OptionsOf<Optimizer>::name,
      "; name the optimizer's own class");
  return *options;
}

} // namespace torchtidy
