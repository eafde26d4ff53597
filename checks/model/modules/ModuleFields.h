// The members of a class that stand for one module each.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_MODULEFIELDS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_MODULEFIELDS_H

#include "model/torch/Types.h"

namespace torchtidy {

/// The module members of \p Class that stand for one module each (holders, pointers, AnyModule,
/// optional of one), plain structs' members included.
llvm::SmallVector<const clang::FieldDecl *, 8> moduleFields(const clang::CXXRecordDecl *Class);

} // namespace torchtidy

#endif
