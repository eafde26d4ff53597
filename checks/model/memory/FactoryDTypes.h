// The dtype that code spells or leaves to a factory: `torch::arange(n)`, `torch::tensor({1, 2})`,
// `x.to(device, torch::kInt)`.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_FACTORYDTYPES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_FACTORYDTYPES_H

#include "model/facts/ProjectIndex.h"
#include "model/torch/Constants.h"
#include "model/torch/DTypes.h"

namespace torchtidy {

struct FactoryDType {
  std::optional<DType> Is;
  /// It goes by the values, or by what is the default where set_default_dtype is never called.
  bool IsDefault = false;
};
/// Of what \p Call makes of sizes and numbers; nothing for an empty tensor, which may stand in for
/// any.
FactoryDType dtypeOfFactory(const clang::CallExpr *Call, const Operation &Called,
                            const ProjectIndex &Index, const clang::ASTContext &Context);

/// \p Argument through what it is made into on its way: kCUDA that becomes a Device and then
/// TensorOptions, the number behind a Scalar.
const clang::Expr *spelledArgument(const clang::Expr *Argument);

/// The dtype that the options of \p Call name.
Spoken dtypeOfOptions(const clang::CallExpr *Call, const clang::ASTContext &Context);

/// What an argument of `to()` says of a dtype; nothing for one that cannot be told.
std::optional<Spoken> conversionDType(const clang::Expr *Argument,
                                      const clang::ASTContext &Context);

} // namespace torchtidy

#endif
