// Which of the values that a local gets it may have at a place.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_REACHINGVALUES_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_REACHINGVALUES_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// The values among Index.valuesOf() that the local \p Variable may have at \p At or be given
/// after it: `x = x.view(-1); x = x.exp(); use(x)` uses the second. All of them where \p At stands
/// in another function, a lambda, or no graph can be built.
llvm::SmallVector<const clang::Expr *, 4> valuesFrom(const clang::VarDecl *Variable,
                                                     const clang::Stmt *At,
                                                     ControlFlowGraphs &Graphs,
                                                     const ProjectIndex &Index);

} // namespace torchtidy

#endif
