// Results of tensor operations that a statement throws away: `t.to(device);`, `torch::relu(x);`.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_DISCARDEDRESULTS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_DISCARDEDRESULTS_H

#include "model/paths/FunctionPaths.h"
#include "model/torch/Operations.h"

namespace torchtidy {

struct DiscardedResult {
  const clang::CallExpr *Call = nullptr;
  /// "clamp", "operator+"
  std::string Name;
  /// The tensor that is not changed, named by the code.
  const clang::Expr *Operand = nullptr;
  /// It is the operation's own operand, not one that others made of it first.
  bool IsDirect = false;
  /// A place where it is used afterwards; null where it outlives the function all the same.
  const clang::Stmt *UsedAt = nullptr;
};

/// Calls \p Visit on the expressions under \p Root whose value nobody takes: statements, both sides
/// of a comma that is one, both arms of a `?:`. Casts to void are no such expressions.
void forEachDiscarded(const clang::Stmt *Root, llvm::function_ref<void(const clang::Expr *)> Visit);

/// Calls \p Visit for each tensor operation without side effects in \p Function and its lambdas
/// whose result is thrown away although what it was to change is used afterwards. Silent where it
/// is run for its time or for the exception that it throws.
void forEachDiscardedResult(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                            llvm::function_ref<void(const DiscardedResult &)> Visit);

} // namespace torchtidy

#endif
