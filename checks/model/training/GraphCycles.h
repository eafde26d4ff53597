// Graphs that keep themselves alive.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHCYCLES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHCYCLES_H

#include "model/Clang.h"

namespace torchtidy {

struct GraphCycle {
  const clang::Expr *At = nullptr;          // the backward, or what stores the output
  const clang::ValueDecl *Output = nullptr; // of a custom Function; null for a backward
  const clang::Stmt *Returned = nullptr;    // where that is returned
};

void forEachGraphCycle(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                       llvm::function_ref<void(const GraphCycle &)> Visit);

} // namespace torchtidy

#endif
