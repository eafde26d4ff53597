// Whether a tensor's elements lie in memory in the order of its indices, so that contiguous()
// gives the tensor itself.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_MEMORYORDER_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_MEMORYORDER_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// \p Call names a memory format among its arguments.
bool isToldMemoryFormat(const clang::CallExpr *Call);

/// \p Index, a call of index(), has a tensor among the indices, and copies what that picks: slices
/// and numbers alone give a view.
bool picksByTensor(const clang::CallExpr *Index);

/// Some value that \p Tensor is given in view does, or all that callers in view give: where in
/// doubt, yes.
bool mayLieInOrder(const clang::ValueDecl *Tensor, const ProjectIndex &Index);

/// Every value that \p E may have at \p At does, as far as the code in view says: `y[i]` after
/// `y = torch::cat(parts)`.
bool liesInOrder(const clang::Expr *E, const clang::Stmt *At, ControlFlowGraphs &Graphs,
                 const ProjectIndex &Index);

} // namespace torchtidy

#endif
