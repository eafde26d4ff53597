// Which condition of a path leaves a member without a module, in words for a message.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_DECIDINGCONDITION_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_DECIDINGCONDITION_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// The condition around an assignment to \p Field that \p Path decides against it: "'stride == 1'
/// is true". Empty when none is seen.
std::string decidingCondition(const clang::FieldDecl *Field, const clang::FunctionDecl *Constructor,
                              const PathState &Path, ModuleModel &Model);

/// What \p Path decided last, for where an early return or a case leaves \p Field alone.
std::string lastDecision(const clang::FieldDecl *Field, const PathState &Path, ModuleModel &Model);

} // namespace torchtidy

#endif
