// Pointers, accessors and sizes that lead into a tensor, and whether that tensor ends before them.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_TENSORPOINTERS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_TENSORPOINTERS_H

#include "model/memory/BorrowPaths.h"

namespace torchtidy {

/// What a tensor keeps that an expression leads to.
enum class PartOfTensor {
  None,
  Values, // data_ptr(), packed accessors: live as long as any tensor shows the memory
  Object, // sizes(), strides(), accessors: live as long as this very tensor
};
PartOfTensor partLedTo(const clang::CallExpr *Call);

/// Calls \p Visit for each such expression in \p Function and its lambdas that is bound to
/// something, with the tensor that ends: a temporary or a local that nothing else keeps. Where that
/// depends on a call that need not copy, the borrow's MayCopy is that call.
void forEachTensorPointer(
    const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs, const ProjectIndex &Index,
    llvm::function_ref<void(const Borrow &, PartOfTensor, const clang::FunctionDecl *)> Visit);

/// How to keep a temporary that a declaration needs: `auto p_tensor = x.cpu();` before it.
struct TemporaryName {
  const clang::Stmt *Statement = nullptr; // the declaration; null where there is no room
  std::string Name, Text;
};
TemporaryName nameForTemporary(const Borrow &Value, clang::ASTContext &Context);

} // namespace torchtidy

#endif
