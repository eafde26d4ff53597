// Which way the constructions of a class that are in view go through its constructors.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_CONSTRUCTED_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_CONSTRUCTED_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/ConstructorPaths.h"

namespace torchtidy {

/// What the constructions in view say of a property that some ends of the constructors have.
struct Constructed {
  const clang::Expr *With = nullptr;    // a construction that surely ends with it
  const clang::Expr *Without = nullptr; // one that surely ends without
  bool Any = false;                     // the class is built in view at all
  bool Unsure = false;                  // some construction's arguments do not tell
};

/// Asks each construction of \p Class which of the \p Outcomes it can reach: a condition over
/// parameters is decided where the arguments are constants, or the same variable twice.
Constructed constructed(const clang::CXXRecordDecl *Class,
                        llvm::ArrayRef<ConstructorOutcome> Outcomes, const ProjectIndex &Index,
                        const clang::ASTContext &Context,
                        llvm::function_ref<bool(const PathState &)> Has);

} // namespace torchtidy

#endif
