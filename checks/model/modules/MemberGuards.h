// Whether a condition that reads a member stands before a use of it.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_MEMBERGUARDS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_MEMBERGUARDS_H

#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// True when block \p Site is only reached under a condition that reads \p Field, a data member
/// that is no module, or a predicate of the class, or that asks what the caller gives.
bool isGuarded(const clang::Expr *Site, const clang::FunctionDecl *In,
               const clang::ValueDecl *Field, ControlFlowGraphs &Graphs);

} // namespace torchtidy

#endif
