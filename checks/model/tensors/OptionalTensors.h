// Which expressions name a tensor that an option of its module leaves undefined.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_OPTIONALTENSORS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_OPTIONALTENSORS_H

#include "model/facts/ProjectIndex.h"
#include <optional>

namespace torchtidy {

/// An access to a tensor of a library module that one of the module's options leaves undefined:
/// `fc->bias`, a norm's `weight`, a local alias of one of them, or `*p` where p came from
/// `named_parameters().find("bias")`.
struct OptionalTensor {
  const clang::Expr *Access = nullptr;
  const clang::Expr *Module = nullptr;  // 'fc'; null for find("bias")
  const clang::Expr *Pointer = nullptr; // 'p' of '*p'
  const clang::Expr *Asked = nullptr;   // 'm' of m->named_parameters().find("bias")
  const clang::CXXRecordDecl *Record = nullptr;
  llvm::StringRef Library; // "Linear", "BatchNorm2d"; empty where find("bias") asks any module
  llvm::StringRef Slot;    // "bias", "weight"
  llvm::StringRef Option;  // "bias", "affine", "elementwise_affine"
  bool Default = true;     // the option's default
};

/// \p E taken as an access to an optional tensor, else nothing.
std::optional<OptionalTensor> optionalTensor(const clang::Expr *E, const ProjectIndex &Index);

/// `torch::nn::LinearOptions` and its like, a reference to one included.
bool isOptionsType(clang::QualType Type);

/// `find("bias")` on what `named_parameters()` returned.
bool isFindBias(const clang::Expr *E);

} // namespace torchtidy

#endif
