// May the tensor that a variable has be changed under that name?
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_TENSORCHANGES_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_TENSORCHANGES_H

#include "model/Clang.h"

namespace torchtidy {

/// False only where every mention of the local \p Variable in its function is known to leave the
/// tensor as it is: an operation of LibTorch that works in place neither on it nor on a view of it,
/// a model that is run, a plain assignment to the variable. Another name for it, a view that is
/// kept, a pointer, and functions of others are taken for changes.
bool mayChangeInPlace(const clang::VarDecl *Variable, clang::ASTContext &Context);

} // namespace torchtidy

#endif
