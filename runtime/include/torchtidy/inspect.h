#pragma once

/// \file
/// Gradient flow and activations by layer, at one device-to-host copy a step, device and stream.
///
/// \code
/// torchtidy::GradientInspector inspector(*model);           // or with a list of layer names
/// loss_of(model).backward();
/// torchtidy::InspectionReport report = inspector.collect(); // the only copy, the only wait
/// for (const auto& layer : report.vanishing()) { … }
/// report.write("gradients.svg");
/// \endcode
///
/// Hooks only queue work on the device of the tensor; nothing waits inside a forward or a backward. A tensor
/// of up to 262,144 elements costs one operator, a copy into a block of 8 MiB of float64 for each device and
/// stream (an activation with units: five); the reductions run once a block. Larger tensors are reduced where
/// they are, their squares in float32 unless they are float64. Half and bfloat16 tensors are accumulated in
/// float or double. On the CPU the statistics are computed in one pass, in float64.

#include <torchtidy/hooks.h>

#include <iosfwd>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace torchtidy {

/// Statistics of one tensor: a gradient or an activation of one call of one layer.
struct LayerStats {
  std::string name;
  /// 0 for the first call of this layer since the last `collect()`.
  size_t call = 0;
  int64_t numel = 0;
  /// Mean, smallest and largest of |x|; standard deviation (unbiased, as `Tensor.std`) and 2-norm of x.
  /// NaN where x has a NaN.
  double mean_abs = 0;
  double std = 0;
  double min_abs = 0;
  double max_abs = 0;
  double norm = 0;
  int64_t nan_count = 0;
  int64_t inf_count = 0;
  /// Activations: the share of units that are zero over the whole batch; -1 where there are no units.
  double dead_share = -1;
};

struct InspectorOptions {
  /// Below this mean |g| a gradient counts as vanishing.
  InspectorOptions& vanishing(double value) {
    vanishing_ = value;
    return *this;
  }
  /// Above this mean |g| a gradient counts as exploding.
  InspectorOptions& exploding(double value) {
    exploding_ = value;
    return *this;
  }
  /// The dimension of an activation that counts units: 1 (features or channels) unless said otherwise;
  /// -1 for sequences [batch, time, features].
  InspectorOptions& unit_dim(int64_t value) {
    unit_dim_ = value;
    return *this;
  }
  /// CPU tensors only: false computes them with the operators that other devices use.
  InspectorOptions& fused_cpu(bool value) {
    fused_cpu_ = value;
    return *this;
  }

  double vanishing_ = 1e-7;
  double exploding_ = 100;
  int64_t unit_dim_ = 1;
  bool fused_cpu_ = true;
};

/// What an inspector saw in one step.
class InspectionReport {
 public:
  InspectionReport() = default;
  InspectionReport(
      std::string quantity,
      std::vector<LayerStats> stats,
      std::vector<std::string> missing,
      InspectorOptions options);

  /// One entry a call of a layer, in forward order.
  const std::vector<LayerStats>& layers() const& {
    return stats_;
  }
  /// Of a temporary by value, so that `for (auto& layer : inspector.collect().layers())` does not dangle.
  std::vector<LayerStats> layers() && {
    return std::move(stats_);
  }
  /// Layers that are watched but had no gradient (activation) in this step.
  const std::vector<std::string>& missing() const& {
    return missing_;
  }
  std::vector<std::string> missing() && {
    return std::move(missing_);
  }
  /// The last call of the layer called `name`. \throws c10::Error with near names.
  const LayerStats& operator[](const std::string& name) const&;
  LayerStats operator[](const std::string& name) && {
    return static_cast<const InspectionReport&>(*this)[name];
  }

  /// Names of layers whose mean |x| is below or above the thresholds, or that have a NaN or Inf.
  std::vector<std::string> vanishing() const;
  std::vector<std::string> exploding() const;
  std::vector<std::string> non_finite() const;
  /// The layer where NaN or Inf came up first: of activations the first in forward order, of gradients the
  /// first in backward order. "" if all are finite. To stop there: `AnomalyMode` (anomaly.h).
  std::string first_non_finite() const;

  /// A line a call of a layer, with a header line (RFC 4180).
  std::string csv() const;
  /// An object with `quantity`, `layers` and `missing`. NaN and infinities are null.
  std::string json() const;
  /// A bar a layer: mean |x| and max |x| on a logarithmic scale, thresholds, layers without data.
  std::string svg() const;

  /// Writes the file in the format of its ending: .csv, .json or .svg.
  /// \throws c10::Error if the ending is another or the file cannot be written.
  void write(const std::string& path) const;

 private:
  std::string quantity_;
  std::vector<LayerStats> stats_;
  std::vector<std::string> missing_;
  InspectorOptions options_;
};

namespace detail {
class InspectionStore;
}

/// Watches the gradients of the outputs of layers (what a Python full backward hook sees as
/// `grad_output[0]`): the first output that requires a gradient. Those of the parameters:
/// `inspect_parameter_gradients`.
class [[nodiscard]] GradientInspector {
 public:
  /// Watches the modules called `layers`; all hookable modules without children if there are none
  /// (`unwatched()` names the others).
  /// \throws c10::Error for wrong names (near ones are listed) or a module that cannot be hooked.
  explicit GradientInspector(
      ModuleRef model, const std::vector<std::string>& layers = {}, const InspectorOptions& options = {});
  ~GradientInspector();
  GradientInspector(GradientInspector&&) noexcept;
  GradientInspector& operator=(GradientInspector&&) noexcept;

  /// The statistics since the last call, in one copy a device and stream. Call it once a step: nothing is
  /// dropped before, and more than 65,536 calls of layers are warned of, once.
  InspectionReport collect();

  /// Without a list of layers: the modules without children that cannot be hooked, and so are left out of
  /// every report, by dotted name. Layers that are watched and did not run: `InspectionReport::missing()`.
  const std::vector<std::string>& unwatched() const {
    return unwatched_;
  }

 private:
  std::shared_ptr<detail::InspectionStore> store_;
  HookHandles handles_;
  std::vector<std::string> unwatched_;
};

/// Statistics of the gradients that the parameters have now (`.grad`), by dotted name, in one copy a device
/// and stream: what the optimiser is about to use. `missing()` names the parameters that require a gradient
/// and have none. A parameter under several names is listed under the first.
[[nodiscard]] InspectionReport inspect_parameter_gradients(
    ModuleRef model, const InspectorOptions& options = {});

/// Watches the outputs of layers: the same statistics and the share of dead units.
class [[nodiscard]] ActivationInspector {
 public:
  /// As `GradientInspector`.
  explicit ActivationInspector(
      ModuleRef model, const std::vector<std::string>& layers = {}, const InspectorOptions& options = {});
  ~ActivationInspector();
  ActivationInspector(ActivationInspector&&) noexcept;
  ActivationInspector& operator=(ActivationInspector&&) noexcept;

  /// As those of `GradientInspector`.
  InspectionReport collect();
  const std::vector<std::string>& unwatched() const {
    return unwatched_;
  }

 private:
  std::shared_ptr<detail::InspectionStore> store_;
  HookHandles handles_;
  std::vector<std::string> unwatched_;
};

} // namespace torchtidy
