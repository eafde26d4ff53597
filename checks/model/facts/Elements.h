// What stands where in a container of modules that is filled in view.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_ELEMENTS_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_ELEMENTS_H

#include "model/facts/ProjectIndex.h"
#include "model/facts/Registrations.h"

namespace torchtidy {

/// What is registered by `register_module("features", value)`, and any other value itself.
const clang::Expr *registeredValue(const clang::Expr *E);

/// Appends the layers that `Sequential(a, b, c)` is built from; false where they cannot be told.
bool layersOf(const clang::Expr *Value, llvm::SmallVectorImpl<const clang::Expr *> &Layers);

/// What is in the container \p Container, first to last: a name that one function in view fills, a
/// push after the other; nothing for any other.
std::optional<llvm::SmallVector<const clang::Expr *, 8>> elementsOf(const clang::Expr *Container,
                                                                    const ProjectIndex &Index,
                                                                    const Registrations &Regs,
                                                                    clang::ASTContext &Context);

/// What was put where \p E points: `features[2]`, `features->ptr(2)`, `features->at<Conv2dImpl>(2)`
/// of a container that elementsOf() knows; null otherwise.
const clang::Expr *elementNamedBy(const clang::Expr *E, const ProjectIndex &Index,
                                  const Registrations &Regs, clang::ASTContext &Context);

} // namespace torchtidy

#endif
