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

/// An if, and which way \p Value it goes; or a switch, which goes one of its ways.
struct Guard {
  const clang::Stmt *Branch;
  const clang::Expr *Condition; // without negations
  bool Value;
};
using Guards = llvm::SmallVector<Guard, 4>;

/// The ifs and switches around \p S in its function, whatever they decide on.
Guards guardsAt(const clang::Stmt *S, clang::ASTContext &Context);

/// The same expression, of the same names, negated or not.
bool areSpelledAlike(const clang::Expr *A, const clang::Expr *B, const clang::ASTContext &Context);

/// Both are spelled alike and go other ways.
bool areOpposite(const Guard &A, const Guard &B, const clang::ASTContext &Context);

/// Where \p Passed let something run, \p Denied may not have been false: they say the same, or
/// decide on the same variable in ways that are not compared.
bool mayImply(const Guard &Passed, const Guard &Denied, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
