// Flags that are the same all through a function: what stands under `if (cuda)` and what stands
// under its else, or under another `if (!cuda)`, is never run by one call.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_FLAGS_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_FLAGS_H

#include "model/Clang.h"

namespace torchtidy {

struct Flag {
  const clang::ValueDecl *Name;
  bool Value;
};
using Flags = llvm::SmallVector<Flag, 4>;

/// The variables and members that the ifs around \p S decide on, alone or negated, and that
/// \p Function never writes.
Flags flagsAt(const clang::Stmt *S, const clang::FunctionDecl *Function,
              clang::ASTContext &Context);

/// Some flag is true in one and false in the other.
bool contradict(const Flags &A, const Flags &B);

} // namespace torchtidy

#endif
