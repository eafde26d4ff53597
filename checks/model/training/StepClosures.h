// Closures that optimizers are given: `optimizer.step(closure)` evaluates the loss anew, LBFGS
// several times.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_STEPCLOSURES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_STEPCLOSURES_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

struct ClosureMistake {
  enum Kind {
    NoBackward, // nothing that it calls computes gradients
    StaleGraph, // it runs backward through what was computed once outside it, several times
  } Is;
  const clang::CXXMemberCallExpr *Step = nullptr;
  const clang::FunctionDecl *Closure = nullptr; // its body
  const clang::CallExpr *Backward = nullptr;    // StaleGraph
  const clang::VarDecl *Outside = nullptr;      // StaleGraph: what was computed
};

/// Optimizers of LibTorch alone, by the type of the object: what another does with its closure is
/// its own affair. Closures that are in view with all that they call. NoBackward of any but LBFGS
/// only where the function that makes the optimizer computes no gradients outside either.
void forEachClosureMistake(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                           llvm::function_ref<const ProjectIndex &()> Index,
                           llvm::function_ref<void(const ClosureMistake &)> Visit);

/// Some call at or under \p Code may compute gradients: in view it does, or it is out of view.
/// Models that are run do not.
bool mayRunBackward(const clang::Stmt *Code, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
