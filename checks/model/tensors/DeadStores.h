// Which values of a member outlive the call that stores them.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_DEADSTORES_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_DEADSTORES_H

#include "model/facts/ForwardReach.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// What \p Store, in \p Function, puts into the member \p Field is still there when the outermost
/// of the functions in \p Forward returns, on some path: no other value takes its place.
bool outlivesCall(const clang::Expr *Store, const clang::FieldDecl *Field,
                  const clang::FunctionDecl *Function, const Reach &Forward,
                  ControlFlowGraphs &Graphs);

} // namespace torchtidy

#endif
