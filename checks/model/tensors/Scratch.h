// Tensor members that are memory for one call: each call writes them before it reads them.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_SCRATCH_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_SCRATCH_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// Whenever a function of \p Forward reads the values of \p Field, it, or the function that calls
/// it, has written them before: `m[0] = x`, `m.copy_(x)`, `mm_out(m, a, b)`.
bool isScratch(const clang::FieldDecl *Field, const Reach &Forward, ControlFlowGraphs &Graphs);

} // namespace torchtidy

#endif
