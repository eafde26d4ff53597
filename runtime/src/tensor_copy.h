#pragma once

// Not installed: whether a tensor can take the values of another, asked before anything is changed.

#include <torch/types.h>

#include <string>
#include <vector>

namespace torchtidy {
namespace detail {

/// What messages call the two: "the module" and "the state dict".
struct CopySides {
  const char* target;
  const char* source;
  /// What helps where one has no values, if anything does.
  const char* without_values = "";
};

/// Why `target.copy_(source)` would throw, or lose what `source` has: "quantized in the module, not in the
/// state dict". Empty if it would do neither.
std::string copy_refusal(const torch::Tensor& target, const torch::Tensor& source, const CopySides& sides);

/// The same of `target.set_data(source)`, which takes dtype and device as well.
std::string take_refusal(const torch::Tensor& target, const torch::Tensor& source, const CopySides& sides);

/// Why no arithmetic can be done in place on what can be copied: "quantized, which can be copied but not
/// averaged", where `what` is "averaged". Empty if some can.
std::string arithmetic_refusal(const torch::Tensor& target, const char* what);

/// Whether averages and soft updates blend it; anything else they copy.
bool is_continuous(const torch::Tensor& tensor);

/// `into += weight * (values - into)`, in place: with LibTorch 2 as Python's `torch._foreach_lerp_`.
void lerp_all(
    const std::vector<torch::Tensor>& into,
    const std::vector<torch::Tensor>& values,
    const at::Scalar& weight);

/// What is copied where.
struct CopyStep {
  torch::Tensor target;
  torch::Tensor source;
};

/// Sources that share memory with what is written would change under way: copies those first.
void separate(std::vector<CopyStep>& steps);

} // namespace detail
} // namespace torchtidy
