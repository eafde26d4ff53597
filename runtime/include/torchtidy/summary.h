#pragma once

/// \file
/// `summary(model, input)`: a table of a model's modules, and what its forward uses that is not registered.
///
/// \code
/// std::cout << torchtidy::summary(net, torch::rand({1, 3, 224, 224})) << '\n';
/// \endcode
///
/// Runs `forward` once, in eval mode (each module's own mode is put back) and with gradients on, so that the
/// graph shows which parameters the output depends on. Nothing else changes: no gradient is accumulated and
/// no hook is left.
///
/// Limits. Calls are seen where they can be hooked (hooks.h): a plain `torch::nn` layer outside a
/// `Sequential` has no shapes; `ModelSummary::unseen` names such modules. What is not registered is seen if
/// it is a hookable module, or a tensor that requires gradients and that the output depends on; a plain
/// layer with frozen weights, or a constant tensor, cannot be seen. Calls on other threads than the caller's
/// are not seen.

#include <torchtidy/check.h>
#include <torchtidy/values.h>

#include <c10/util/FunctionRef.h>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace torchtidy {

/// How much a module, or a model, registers.
struct TensorCounts {
  /// Numbers of elements.
  int64_t parameters = 0;
  int64_t trainable = 0;
  int64_t buffers = 0;
  int64_t parameter_bytes = 0;
  int64_t buffer_bytes = 0;
};

/// One module of the tree. Numbers are of its own tensors, not of its children's; a tensor or module that
/// has several names counts at the first.
struct ModuleSummary : TensorCounts {
  /// The dotted name; "" is the model.
  std::string path;
  /// As `Module::name()`.
  std::string type;
  /// Whether its calls can be seen.
  bool seen = false;
  size_t calls = 0;
  /// The shapes of all tensors of the first call.
  std::vector<std::vector<int64_t>> input_shapes;
  std::vector<std::vector<int64_t>> output_shapes;
  /// Of all calls; views of one memory count each.
  int64_t output_bytes = 0;
};

/// What `summary` gives; numbers are sums over `modules`.
struct ModelSummary : TensorCounts {
  /// In the order of `named_modules()`, the model first.
  std::vector<ModuleSummary> modules;
  /// Of the modules without children.
  int64_t output_bytes = 0;
  /// | rule | what is so |
  /// |---|---|
  /// | unregistered-module | forward calls a module that is not in the tree; `path` is the caller |
  /// | unregistered-tensor | the output depends on a tensor that requires gradients and is not registered |
  /// | uncalled-module | forward does not call a module, and the output does not depend on it |
  /// | unreached-parameter | the output does not depend on a parameter that requires gradients |
  std::vector<Finding> suspects;
  /// The modules with tensors of their own whose calls cannot be seen.
  std::vector<std::string> unseen;

  /// The row of a module. \throws c10::Error with near names.
  const ModuleSummary& operator[](const std::string& path) const&;
  /// Of a temporary by value.
  ModuleSummary operator[](const std::string& path) && {
    return static_cast<const ModelSummary&>(*this)[path];
  }
  /// The table, the sums, the suspects and what could not be seen.
  std::string to_string() const;
};
std::ostream& operator<<(std::ostream& stream, const ModelSummary& summary);

namespace detail {

using RunModel = c10::function_ref<std::vector<torch::Tensor>()>;

ModelSummary summarize(torch::nn::Module& model, const std::vector<torch::Tensor>& inputs, RunModel run);

template <typename Value>
std::vector<torch::Tensor> tensors_in(Value value) {
  OutputSlots<Value> slots(value);
  return slots.values.tensors();
}

} // namespace detail

/// Calls `model.forward(inputs...)` once and tells what was seen. Inputs may be of any type that `forward`
/// takes by value or const reference, on the model's device.
/// \throws c10::Error if a child is null (see `check`), and what `forward` throws.
template <
    typename Impl,
    typename... Inputs,
    typename = std::enable_if_t<std::is_base_of_v<torch::nn::Module, Impl>>>
ModelSummary summary(Impl& model, const Inputs&... inputs) {
  return detail::summarize(model, detail::tensors_in(std::make_tuple(inputs...)), [&] {
    return detail::tensors_in(model.forward(inputs...));
  });
}
/// The same for a holder and a `shared_ptr`. \throws c10::Error if it is empty.
template <typename Impl, typename... Inputs>
ModelSummary summary(const torch::nn::ModuleHolder<Impl>& model, const Inputs&... inputs) {
  return summary(*model.ptr(), inputs...);
}
template <typename Impl, typename... Inputs>
ModelSummary summary(const std::shared_ptr<Impl>& model, const Inputs&... inputs) {
  TORCH_CHECK(model != nullptr, "summary: the module pointer is empty");
  return summary(*model, inputs...);
}

} // namespace torchtidy
