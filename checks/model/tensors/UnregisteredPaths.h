// Members that one path of the constructors registers and another only assigns.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_UNREGISTEREDPATHS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_UNREGISTEREDPATHS_H

#include "model/modules/ModuleModel.h"
#include <optional>

namespace torchtidy {

struct UnregisteredPath {
  const clang::Expr *Value = nullptr;      // what the member is given there
  const clang::Expr *Registered = nullptr; // the registration on another path
  std::string Condition;                   // "'affine' is false"; empty where none decides
};

/// A path of a constructor of \p Class that leaves a tensor of its own in \p Field, unregistered,
/// where another path registers the member, and no other function does.
std::optional<UnregisteredPath> unregisteredPath(const clang::FieldDecl *Field,
                                                 const clang::CXXRecordDecl *Class,
                                                 ModuleModel &Model);
/// The same of a module, as a member \p Field that stands for one; \p IsOwn says of a value whether
/// it is a module of the member's own.
std::optional<UnregisteredPath>
unregisteredModulePath(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                       ModuleModel &Model, llvm::function_ref<bool(const clang::Expr *)> IsOwn);

} // namespace torchtidy

#endif
