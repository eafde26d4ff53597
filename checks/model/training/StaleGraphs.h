// Calls of backward() through a graph that is gone, or that was made with other weights.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_STALEGRAPHS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_STALEGRAPHS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

struct StaleGraph {
  enum Kind {
    Freed,   // another backward() ran through a part of it
    Again,   // this one did, in the round before
    Carried, // a part of it is the round before's, which a name carries over
    Changed, // an optimizer has changed the weights since
  } Is;
  const clang::CXXMemberCallExpr *At = nullptr; // the backward
  const clang::CallExpr *Run = nullptr;         // what made the part
  /// Freed: the first backward; Carried: the name; Changed: the step.
  const clang::Expr *Other = nullptr;
  const clang::CXXRecordDecl *Optimizer = nullptr; // Changed
};

/// Calls \p Visit once for each backward() of \p Function that is certain to meet one, on every
/// path from where the graph was made.
void forEachStaleGraph(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                       llvm::function_ref<const ProjectIndex &()> Index,
                       llvm::function_ref<void(const StaleGraph &)> Visit);

} // namespace torchtidy

#endif
