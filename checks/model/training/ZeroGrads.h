// Gradients that nothing clears between the rounds of a loop, so that each backward() adds to those
// of the rounds before; and gradients that are cleared before the step that was to take them.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_ZEROGRADS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_ZEROGRADS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

struct ZeroGradMistake {
  enum Kind {
    Never,    // the gradients of all rounds add up
    TooEarly, // they are cleared between the backward() and the step()
  } Is;
  const clang::CXXMemberCallExpr *Backward = nullptr;
  const clang::CXXMemberCallExpr *Step = nullptr;
  const clang::CallExpr *Run = nullptr; // Never: of the model whose parameters they are of
  bool IsOnlyStep = false;              // Never: of the function
  const clang::CXXMemberCallExpr *Clear = nullptr; // TooEarly
};

/// Calls \p Visit once for each step() of an optimizer of LibTorch in \p Function that makes one.
/// Never: it lies in a loop with a backward() of what a model gave whose parameters that optimizer
/// was made with, and nothing in the function, and nothing that it calls, may clear gradients
/// behind the step. TooEarly: each path from a backward() to it leads over zero_grad() of that
/// optimizer, and nothing between may compute gradients anew.
void forEachZeroGradMistake(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                            llvm::function_ref<const ProjectIndex &()> Index,
                            llvm::function_ref<void(const ZeroGradMistake &)> Visit);

} // namespace torchtidy

#endif
