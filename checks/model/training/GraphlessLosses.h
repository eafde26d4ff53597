// Calls of backward() that throw, because their tensor certainly has no graph.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHLESSLOSSES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHLESSLOSSES_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

struct GraphlessLoss {
  const clang::CXXMemberCallExpr *Backward = nullptr;
  const clang::CallExpr *Cut = nullptr; // an operation through which no gradient goes
};

/// Calls \p Visit for each in \p Function that stands in no `try`, and is called in none. All
/// values that the tensor may have there, and all that they are computed of, are known to carry no
/// graph.
void forEachGraphlessLoss(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                          llvm::function_ref<const ProjectIndex &()> Index,
                          llvm::function_ref<void(const GraphlessLoss &)> Visit);

} // namespace torchtidy

#endif
