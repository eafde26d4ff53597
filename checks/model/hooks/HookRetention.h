// Which graphs a hook keeps alive: through what its body stores, and through what its closure
// holds.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKRETENTION_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKRETENTION_H

#include "model/hooks/HookFacts.h"
#include "model/hooks/HookStores.h"

namespace torchtidy {

/// A stored tensor that still has its graph.
struct RetainedGraph {
  enum Reason {
    Argument,    // an argument of a forward hook or RecordFunction callback
    CreateGraph, // a gradient, and a backward in view is run with create_graph
    Captured,    // an outer tensor with a graph
  };
  HookStore Store;
  const clang::Expr *Tensor = nullptr; // the tensor expression that wants a .detach()
  const clang::ValueDecl *From = nullptr;
  Reason Why = Argument;
  const clang::Stmt *CreateGraphAt = nullptr;
};

llvm::SmallVector<RetainedGraph, 2> retainedGraphs(const HookSite &Site, const HookBody &Body,
                                                   HookFacts &Hooks);

/// By-value captures of tensors with a graph: kept for as long as the hook is installed.
llvm::SmallVector<HookCapture, 2> heldGraphs(const HookSite &Site, const HookBody &Body,
                                             clang::ASTContext &Context);

} // namespace torchtidy

#endif
