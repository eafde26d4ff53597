// Registered members that are given another module: the tree keeps the old one.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_STALECHILDREN_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_STALECHILDREN_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// The modules that are stored in \p Field of \p Class once it is registered, and are not
/// registered in its place: by the class, or from outside, `net->head = Linear(..)`.
llvm::SmallVector<const clang::Expr *, 2>
staleChildren(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class, ModuleModel &Model);

} // namespace torchtidy

#endif
