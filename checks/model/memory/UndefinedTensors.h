// Tensors that nothing was ever given: elements of a container made with a size, locals that a path
// never assigns.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_UNDEFINEDTENSORS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_UNDEFINEDTENSORS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// `std::vector<Tensor> v(n);` or `v.resize(n);`, whose first n elements no code assigns.
struct UndefinedElements {
  const clang::ValueDecl *Container = nullptr; // a variable or a member
  /// The construction or the call of `resize`.
  const clang::Expr *Sized = nullptr;
  const clang::Expr *Count = nullptr;
  /// The call that adds behind them; null where none does and the elements themselves are used.
  const clang::CallExpr *Push = nullptr;
  /// Where the container, or an element, is read.
  const clang::Expr *Read = nullptr;
};
void forEachUndefinedElements(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                              llvm::function_ref<void(const UndefinedElements &)> Visit);

/// The same of members that \p Constructor makes with a size, where all code that may fill them is
/// in view and only adds behind. \p Index is called with a candidate only.
void forEachUndefinedMember(const clang::CXXConstructorDecl *Constructor,
                            llvm::function_ref<const ProjectIndex &()> Index,
                            clang::ASTContext &Context,
                            llvm::function_ref<void(const UndefinedElements &)> Visit);

/// A use of a local tensor, made without a value, on a path that never assigns it.
struct UndefinedUse {
  const clang::VarDecl *Tensor = nullptr;
  const clang::Expr *Use = nullptr;
  std::string Operation;
  /// The only branch that assigns it; null where nothing does before the use.
  const clang::IfStmt *AssignedIn = nullptr;
};
void forEachUndefinedUse(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                         llvm::function_ref<void(const UndefinedUse &)> Visit);

} // namespace torchtidy

#endif
