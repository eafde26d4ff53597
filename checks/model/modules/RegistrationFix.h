// The edit that registers what a member is given.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_REGISTRATIONFIX_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_REGISTRATIONFIX_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// Edits that wrap what \p Store constructs in `Function("name", …)`; empty when the code is not
/// one that can be edited safely.
llvm::SmallVector<clang::FixItHint, 2> wrapInRegistration(const clang::FieldDecl *Field,
                                                          const Registrations::Store &Store,
                                                          llvm::StringRef Function,
                                                          ModuleModel &Model);

} // namespace torchtidy

#endif
