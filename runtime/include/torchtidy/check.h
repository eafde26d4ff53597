#pragma once

/// \file
/// `check(model)`: what is wrong with a model that only shows at run time, found at start-up.
///
/// \code
/// for (const auto& finding : torchtidy::check(model, optimizer)) {
///   std::cerr << finding << '\n';
/// }
/// \endcode
///
/// It looks at what is registered; it runs nothing and changes nothing, waits for no device and reads no
/// values. `summary` (summary.h) runs the model and finds what is not registered.

#include <torchtidy/module_ref.h>

#include <torch/optim/optimizer.h>

#include <iosfwd>
#include <string>
#include <vector>

namespace torchtidy {

/// One thing that is wrong, or looks so.
struct Finding {
  /// The dotted name of the module; "" is the model itself.
  std::string path;
  /// Such as "null-module".
  std::string rule;
  /// What is so, and what it does.
  std::string message;
  /// What to do about it.
  std::string next_step;
};
/// Two lines: "layers.0: message [rule]", and the next step.
std::ostream& operator<<(std::ostream& stream, const Finding& finding);

/// Findings by rule, in the order of `named_modules()`:
///
/// | rule | what is so |
/// |---|---|
/// | null-module | a registered child is null |
/// | shared-module, shared-tensor | one module with tensors, or one parameter or buffer, under two names |
/// | no-parameters | the model has no parameter |
/// | frozen-model | no parameter of a model in training mode requires gradients |
/// | non-leaf-parameter | a parameter is the result of an operation, so it gets no gradient |
/// | mixed-device, mixed-dtype | tensors of another device, or floating-point type, than most |
/// | train-eval-mismatch | a module is in another mode than its parent |
///
/// Never throws for what it finds, null children included.
[[nodiscard]] std::vector<Finding> check(ConstModuleRef model);

/// The same, and what `optimizer` steps:
///
/// | rule | what is so |
/// |---|---|
/// | unoptimized-parameter | a parameter that requires gradients is not stepped |
/// | repeated-parameter | a parameter is stepped more than once a step |
/// | foreign-parameter | tensors are stepped that the model does not have |
[[nodiscard]] std::vector<Finding> check(ConstModuleRef model, const torch::optim::Optimizer& optimizer);

} // namespace torchtidy
