// What torch-tidy found in a file only by reading it with others (docs/using/cross-tu.md), shown
// when the file is open.
#ifndef TORCHTIDY_DRIVER_CLANGD_JOINTFINDINGS_H
#define TORCHTIDY_DRIVER_CLANGD_JOINTFINDINGS_H

#include "llvm/ADT/StringRef.h"

namespace torchtidy {

/// The check that shows them. It is no rule: each finding has its rule's name, and what says
/// whether a rule runs says so of them.
inline constexpr llvm::StringLiteral JointFindingsCheckName = "joint-findings-of-torch-tidy";

/// Makes the check known to clang-tidy. Not when the program starts: the wheel's is torch-tidy and
/// torch-clang-tidy as well.
void registerJointFindings();

} // namespace torchtidy

#endif
