// Members that a class leaves unregistered and looks after itself: moved, saved, trained, switched
// one by one.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_HANDKEPT_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_HANDKEPT_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

/// The module \p Field is moved by hand, and saved, loaded or given to an optimizer as well, or
/// needs neither: frozen, or only run where gradients are off. A target network, a frozen backbone.
bool isKeptByHand(const clang::FieldDecl *Field, const ProjectIndex &Index,
                  clang::ASTContext &Context);

/// The module \p Field of \p Class gets its mode from an overriding train(), or is only run where
/// is_training() was asked.
bool isSwitchedByHand(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                      clang::ASTContext &Context);

/// The tensor \p Field of \p Class is given to an optimizer, or an overriding save() writes it.
bool isTensorKeptByHand(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                        const ProjectIndex &Index);

} // namespace torchtidy

#endif
