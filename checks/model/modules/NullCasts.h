// Local holders and pointers that a cast leaves null because it cannot succeed.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_NULLCASTS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_NULLCASTS_H

#include "model/paths/PathGuards.h"
#include <optional>

namespace torchtidy {

struct NullCast {
  const clang::CXXRecordDecl *Made = nullptr;   // what clone() gives
  const clang::CXXRecordDecl *Wanted = nullptr; // what it is cast to
  const clang::Expr *Use = nullptr;             // a dereference that no test stands before
};

/// \p Var is `std::dynamic_pointer_cast<W>(m->clone())` or `m->clone()->as<W>()`, where the clone
/// of a `Cloneable<M>` is an M and M is no W, and is used without a test. Casts that may succeed
/// are nobody's business: whether they do is not in view.
std::optional<NullCast> nullCast(const clang::VarDecl *Var, PathGuards &Guards);

} // namespace torchtidy

#endif
