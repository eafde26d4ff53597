// Is autograd off at a place? NoGradGuard, InferenceMode, AutoGradMode(false) in scope, or
// GradMode::set_enabled(false) before it.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_GRADMODE_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_GRADMODE_H

#include "model/facts/ProjectIndex.h"
#include "model/syntax/CallWalk.h"

namespace torchtidy {

/// A guard object may live at the place, in its own scope or one around it, in the object whose
/// member function it is in; or a function in view that turns gradients off was called before.
/// Lambdas count as run where they are written. \p Parents are the statements around it, outermost
/// first; objects are only known to \p Context.
bool isUnderNoGrad(const clang::Stmt *Place, llvm::ArrayRef<const clang::Stmt *> Parents);
/// The statement that certainly turns gradients off for \p Place; null where none around it does.
const clang::Stmt *noGradAround(const clang::Stmt *Place,
                                llvm::ArrayRef<const clang::Stmt *> Parents);
bool isUnderNoGrad(const clang::Stmt *Place, clang::ASTContext &Context);

/// Is \p Function certainly entered with gradients on by some caller in view? main and forward
/// are, and a constructor unless all that it constructs in view is without; a function that other
/// files may call and none here does is not known to be.
bool runsWithGrad(const clang::FunctionDecl *Function, const ProjectIndex &Index,
                  unsigned Depth = 0);

} // namespace torchtidy

#endif
