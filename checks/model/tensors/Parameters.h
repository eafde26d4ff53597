// Which tensor expressions are registered parameters: a library layer's weight, a member that was
// given to register_parameter, an element of parameters().
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_PARAMETERS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_PARAMETERS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/PathGuards.h"
#include "model/tensors/TensorUses.h"

namespace torchtidy {

/// Strips views (`w[0]`, `w.select(0, 1)`) and chained in-place operations from \p E.
const clang::Expr *stripViews(const clang::Expr *E);

/// \p E is a parameter field of a library layer: `fc->weight`, `lstm_cell->bias_ih`.
bool isLayerParameter(const clang::Expr *E);

/// What makes \p E a parameter; also through local names of it.
struct ParameterSource {
  enum Kind { None, Layer, Member, Element } What = None;
  const clang::ValueDecl *Decl = nullptr; // Member: the field
  const clang::Expr *Evidence = nullptr;  // register_parameter call, or the range of the loop
};
ParameterSource parameterSource(const clang::Expr *E, const ProjectIndex &Index);

/// `register_parameter(name, tensor)` that leaves requires_grad on.
bool registersTrainable(const clang::CallExpr *Call);

/// Has anything in view turned requires_grad off for that parameter?
bool isFrozen(const ParameterSource &Source, const ProjectIndex &Index);

/// The call of `parameters()` or `named_parameters()` that the loop variable of \p E walks, else
/// null.
const clang::Expr *parameterLoop(const clang::Expr *E, const ProjectIndex &Index);

} // namespace torchtidy

#endif
