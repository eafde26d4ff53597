// Losses from which backward() reaches nothing but a leaf that holds their own values:
// `torch::tensor(losses, requires_grad())`, `loss.detach().requires_grad_()`.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_LEAFLOSSES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_LEAFLOSSES_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

struct LeafLoss {
  const clang::CallExpr *Backward = nullptr;
  const clang::CallExpr *Leaf = nullptr; // what makes it require grad
};

/// Calls \p Visit for each `backward()` of \p Function whose tensor is computed, as far as the
/// function shows all of it, from such leaves alone. Not where anything else may see the leaf: its
/// `grad()` is asked for, an optimizer or another function gets it. That training was meant is
/// shown by an optimizer of the function, or by the `item()` of what has a graph.
void forEachLeafLoss(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                     llvm::function_ref<const ProjectIndex &()> Index,
                     llvm::function_ref<void(const LeafLoss &)> Visit);

} // namespace torchtidy

#endif
