// How an assignment that rebinds a registered tensor can be written so that the
// tensor itself changes.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_COPYFIXES_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_COPYFIXES_H

#include "model/facts/Registrations.h"

namespace torchtidy {

enum class CopyFix {
  Copy,    // x.copy_(e)
  SetData, // x.set_data(e): e has another shape
  None,    // e shares its memory on purpose, or is x itself
};

/// What may stand for `Target = Value`. \p Field is the member that is assigned
/// to.
CopyFix copyFixFor(const clang::Expr *Target, const clang::Expr *Value,
                   const clang::FieldDecl *Field, const Registrations &Regs);

} // namespace torchtidy

#endif
