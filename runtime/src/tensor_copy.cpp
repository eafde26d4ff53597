#include "tensor_copy.h"

#include <ATen/ATen.h>
#include <ATen/MemoryOverlap.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <unordered_set>

namespace torchtidy {
namespace detail {
namespace {

using torch::Tensor;

/// "quantized in the module, not in the state dict"
std::string on_one_side(const char* what, const char* has, const char* lacks) {
  return std::string(what) + " in " + has + ", not in " + lacks;
}

/// What neither way of carrying over takes.
std::string mismatch(const Tensor& target, const Tensor& source, const CopySides& sides) {
  if (!source.defined()) {
    return std::string("undefined in ") + sides.source;
  }
  if (!target.defined()) {
    return std::string("undefined in ") + sides.target;
  }
  if (source.layout() != target.layout()) {
    return std::string("another layout in ") + sides.source + " than in " + sides.target;
  }
  if (source.sizes() != target.sizes()) {
    return c10::str(
        "shape ", source.sizes(), " in ", sides.source, ", ", target.sizes(), " in ", sides.target);
  }
  if (source.is_quantized() != target.is_quantized()) {
    return source.is_quantized() ? on_one_side("quantized", sides.source, sides.target) + " (dequantize() it)"
                                 : on_one_side("quantized", sides.target, sides.source);
  }
  return "";
}

/// Whether all that decides is in one element of each.
bool is_plain(const Tensor& tensor) {
  return tensor.layout() == torch::kStrided && !tensor.is_quantized();
}

/// Whether LibTorch copies it from and to all others of these: what need not be tried, each time a wait for
/// the device.
bool is_common(const Tensor& tensor) {
  if (!is_plain(tensor) || !(tensor.is_cpu() || tensor.is_cuda())) {
    return false;
  }
  switch (tensor.scalar_type()) {
    case torch::kByte:
    case torch::kChar:
    case torch::kShort:
    case torch::kInt:
    case torch::kLong:
    case torch::kBool:
    case torch::kHalf:
    case torch::kBFloat16:
    case torch::kFloat:
    case torch::kDouble:
    case torch::kComplexFloat:
    case torch::kComplexDouble:
      return true;
    default:
      return false;
  }
}

/// Tries it on a copy, since each backend refuses in its own words and only when asked.
void try_copy(const Tensor& target, const Tensor& source) {
  const torch::NoGradGuard no_grad;
  if (!is_plain(target)) {
    target.clone().copy_(source);
    return;
  }
  if (source.numel() != 0) {
    // A view of the first element: neither memory nor time.
    const std::vector<int64_t> one(static_cast<size_t>(source.dim()), 1);
    at::empty_like(target.as_strided(one, one)).copy_(source.as_strided(one, one, source.storage_offset()));
  }
}

} // namespace

std::string copy_refusal(const Tensor& target, const Tensor& source, const CopySides& sides) {
  std::string reason = mismatch(target, source, sides);
  if (!reason.empty()) {
    return reason;
  }
  if (source.is_complex() && !target.is_complex()) {
    return std::string("complex in ") + sides.source + ", real in " + sides.target;
  }
  if (source.is_meta() || target.is_meta()) {
    return std::string("on the meta device, which has no values to copy") + sides.without_values;
  }
  if (target.layout() == torch::kStrided && at::has_internal_overlap(target) == at::MemOverlap::Yes) {
    return std::string("an expanded tensor in ") + sides.target + ", whose elements share memory";
  }
  if (target.is_inference() && !c10::InferenceMode::is_enabled()) {
    return std::string("made in inference mode in ") + sides.target +
        ", so that it cannot be written outside of it";
  }
  const bool alike = target.scalar_type() == source.scalar_type() && target.device() == source.device();
  if ((alike && is_plain(target)) || (is_common(target) && is_common(source))) {
    return "";
  }
  try {
    try_copy(target, source);
    return "";
  } catch (const c10::Error& error) {
    return std::string("LibTorch cannot copy it: ") + error.what_without_backtrace();
  }
}

std::string take_refusal(const Tensor& target, const Tensor& source, const CopySides& sides) {
  std::string reason = mismatch(target, source, sides);
  if (!reason.empty()) {
    return reason;
  }
  if (target.requires_grad() && !source.is_floating_point() && !source.is_complex()) {
    return c10::str(
        "dtype ",
        source.scalar_type(),
        " in ",
        sides.source,
        ", which a parameter that requires gradients cannot have");
  }
  const bool fits =
      target.unsafeGetTensorImpl()->has_compatible_shallow_copy_type(source.unsafeGetTensorImpl()->key_set());
  return fits ? "" : std::string("of a kind that the tensor of ") + sides.target + " cannot take";
}

std::string arithmetic_refusal(const Tensor& target, const char* what) {
  if (is_plain(target)) {
    return "";
  }
  return (target.is_quantized() ? "quantized" : c10::str("of layout ", target.layout())) +
      ", which can be copied but not " + what;
}

bool is_continuous(const Tensor& tensor) {
  return tensor.is_floating_point() || tensor.is_complex();
}

void lerp_all(const std::vector<Tensor>& into, const std::vector<Tensor>& values, const at::Scalar& weight) {
#if TORCH_VERSION_MAJOR >= 2
  at::_foreach_lerp_(into, values, weight);
#else
  for (size_t i = 0; i < into.size(); ++i) {
    into[i].lerp_(values[i], weight);
  }
#endif
}

void separate(std::vector<CopyStep>& steps) {
  std::unordered_set<const void*> written;
  for (const auto& step : steps) {
    if (step.target.has_storage()) {
      written.insert(step.target.storage().unsafeGetStorageImpl());
    }
  }
  const torch::NoGradGuard no_grad;
  for (auto& step : steps) {
    if (step.source.has_storage() && written.count(step.source.storage().unsafeGetStorageImpl()) != 0 &&
        !step.source.is_set_to(step.target)) {
      step.source = step.source.clone();
    }
  }
}

} // namespace detail
} // namespace torchtidy
