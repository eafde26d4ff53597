// Gradients that are asked of tensors that have none.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_GRADREADS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_GRADREADS_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

struct GradRead {
  const clang::CallExpr *Read = nullptr; // `y.grad()`
  const clang::ValueDecl *Tensor = nullptr;
  const clang::Expr *Made = nullptr; // the operation that the tensor is the result of
  bool HidesLeaf = false; // the leaf has no name: `torch::ones({2}, requires_grad()).view({2, 1})`
};

/// Calls \p Visit for the first read of each local or member in \p Function that is the result of
/// an operation on what requires grad, where a backward is in view and no retain_grad().
void forEachNonLeafGrad(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                        llvm::function_ref<const ProjectIndex &()> Index,
                        llvm::function_ref<void(const GradRead &)> Visit);

} // namespace torchtidy

#endif
