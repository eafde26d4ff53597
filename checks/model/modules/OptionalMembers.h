// Members that are there or not, as the constructor decides, with nothing in their place.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_OPTIONALMEMBERS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_OPTIONALMEMBERS_H

#include "model/paths/ConstructorPaths.h"

namespace torchtidy {

/// On some end \p Field is null, nothing is made in its place, and a name is missing that all ends
/// with it have registered. A choice of variants (one of several is always there) is no optional
/// member.
bool isOptional(const clang::FieldDecl *Field, llvm::ArrayRef<ConstructorOutcome> Outcomes);

} // namespace torchtidy

#endif
