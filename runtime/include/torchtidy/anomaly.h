#pragma once

/// \file
/// Where NaN and Inf come up first: an error that names the module, at the first output or gradient that is
/// not finite.
///
/// \code
/// {
///   torchtidy::AnomalyMode anomaly(model);
///   loss_of(model).backward(); // throws: the output of 'layer2.norm' (…) has 3 NaN …
/// }
/// \endcode
///
/// As `torch::autograd::DetectAnomalyGuard`, for forward as well, and with names of modules in place of
/// operations. For finding a fault, not for every run: each output and gradient is read, and each time the
/// host waits for the device.

#include <torchtidy/handles.h>
#include <torchtidy/module_ref.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace torchtidy {

/// A tensor with NaN or Inf, and where it was met.
struct NonFinite {
  /// The module's dotted name, "" for the model, and its class.
  std::string name;
  std::string type;
  /// "output", "gradient of the output", "gradient of 'weight'".
  std::string tensor;
  int64_t nan_count = 0;
  int64_t inf_count = 0;
  int64_t numel = 0;
  /// What is known of the cause: "its inputs are finite: it comes up in this module".
  std::string cause;

  /// The whole as one sentence.
  std::string to_string() const;
};

/// What is an anomaly, and what happens then.
struct AnomalyOptions {
  /// Whether outputs are read (default: yes).
  AnomalyOptions& forward(bool value) {
    forward_ = value;
    return *this;
  }
  /// Whether gradients of outputs and of parameters are read (default: yes).
  AnomalyOptions& backward(bool value) {
    backward_ = value;
    return *this;
  }
  /// Whether Inf is one as well as NaN (default: yes; no for models that mask with -inf).
  AnomalyOptions& inf(bool value) {
    inf_ = value;
    return *this;
  }
  /// Whether the first one is an error (default: yes). Else the run goes on: ask `first_forward()` and
  /// `first_backward()`.
  AnomalyOptions& throws(bool value) {
    throws_ = value;
    return *this;
  }

  bool forward_ = true;
  bool backward_ = true;
  bool inf_ = true;
  bool throws_ = true;
};

namespace detail {
class AnomalyStore;
}

/// Watches all hookable modules of a model until the end of the scope. Move-only.
class [[nodiscard]] AnomalyMode {
 public:
  /// \throws c10::Error if no module of the model can be hooked.
  explicit AnomalyMode(ModuleRef model, const AnomalyOptions& options = {});
  ~AnomalyMode();
  AnomalyMode(AnomalyMode&&) noexcept;
  AnomalyMode& operator=(AnomalyMode&&) noexcept;

  /// The first one since the beginning or `clear()`, in the order of running; empty if there was none.
  Optional<NonFinite> first_forward() const;
  Optional<NonFinite> first_backward() const;
  void clear();

  /// Modules without children that cannot be hooked, by dotted name: what comes up in them is seen behind
  /// them, or at their parameters.
  const std::vector<std::string>& unwatched() const {
    return unwatched_;
  }

 private:
  std::shared_ptr<detail::AnomalyStore> store_;
  HookHandles handles_;
  std::vector<std::string> unwatched_;
};

} // namespace torchtidy
