// Constants of LibTorch's enumerations, as code spells them: `torch::kFloat`, through options and
// the variables that hold them: `auto o = torch::TensorOptions().dtype(torch::kByte);`.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_CONSTANTS_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_CONSTANTS_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

/// What an expression says of a dtype or a device.
struct Spoken {
  bool IsNamed = false;         // it speaks of one
  std::optional<int64_t> Value; // which, where that is a constant
};

/// The dtype that \p E gives, as a value of ScalarType.
Spoken dtypeIn(const clang::Expr *E, const clang::ASTContext &Context);
/// The kind of device that \p E gives, as a value of DeviceType.
Spoken deviceIn(const clang::Expr *E, const clang::ASTContext &Context);

/// dtypeIn(), where all of it is in view: options of a member, a parameter, a function of the
/// project or another tensor, and a dtype made from a type, are spoken of without a value.
Spoken certainDType(const clang::Expr *E, const clang::ASTContext &Context);

/// `requires_grad(true)` among what options are made of: the last one that is called decides, which
/// is the outermost. Null where they do not ask for it.
const clang::CallExpr *requiresGradIn(const clang::Expr *Options);

/// ScalarType::Float, the default, and DeviceType::CPU.
constexpr int64_t FloatDType = 6, CpuDevice = 0;

} // namespace torchtidy

#endif
