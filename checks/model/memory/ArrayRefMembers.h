// Members that are ArrayRefs and keep what a caller handed over, with a caller in view whose list
// ends before the object.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_ARRAYREFMEMBERS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_ARRAYREFMEMBERS_H

#include "model/memory/ArrayRefs.h"

namespace torchtidy {

struct ArrayRefMember {
  /// What the member is given: the parameter, or a temporary in the member's own initialiser.
  const clang::Expr *Stored = nullptr;
  const clang::ParmVarDecl *Parameter = nullptr;
  /// The call or construction that hands over a list which ends too early.
  const clang::Expr *Witness = nullptr;
};

/// Why \p Field dangles; nothing where no code in view makes it.
std::optional<ArrayRefMember> danglingMember(const clang::FieldDecl *Field,
                                             const ProjectIndex &Index, clang::ASTContext &Context);

} // namespace torchtidy

#endif
