// Contiguous copies that are made for nothing: the code goes on with the memory of what was copied.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_CONTIGUOUSCOPIES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_CONTIGUOUSCOPIES_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// `x.contiguous()` of a variable or a member of this object, in the order of the indices; else
/// null.
const clang::CXXMemberCallExpr *asContiguousCopy(const clang::Expr *E);

/// Code of \p Function asks in which order \p Tensor lies, or has some tensor checked for it.
bool asksOrderOf(const clang::ValueDecl *Tensor, const clang::FunctionDecl *Function);

struct UnusedContiguousCopy {
  /// `c` of `Tensor c = x.contiguous();`, of which at most sizes and the like are asked.
  const clang::VarDecl *Copy = nullptr;
  const clang::CXXMemberCallExpr *Made = nullptr;
  /// `x.data_ptr<float>()`, one or several, on some path after it.
  llvm::SmallVector<const clang::CXXMemberCallExpr *, 2> Pointers;
};

/// Calls \p Visit for each in \p Function, where nothing in view says that the memory of `x` lies
/// in order anyway: no question whether it does, no value that was just made or made contiguous.
/// \p Index is asked where there is a candidate.
void forEachUnusedContiguousCopy(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                                 llvm::function_ref<const ProjectIndex &()> Index,
                                 llvm::function_ref<void(const UnusedContiguousCopy &)> Visit);

} // namespace torchtidy

#endif
