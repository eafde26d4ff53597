// Whether a tensor has an autograd history.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORGRAPHS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORGRAPHS_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// False when \p Value certainly has no autograd history: detached, created from nothing, an index
/// or a comparison.
/// \p Self names the member that is being updated: its own earlier value decides nothing.
bool mayHaveGraph(const clang::Expr *Value, const clang::FieldDecl *Self, ModuleModel &Model);

/// The tensor carries requires_grad by the way it is made.
bool asksForGrad(const clang::Expr *Value, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
