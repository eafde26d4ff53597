// Classes whose objects are only run: nothing in view asks for what registration is for.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_ONLYRUN_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_ONLYRUN_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

/// \p Class is the main file's own, and each of its objects is a variable of which only the class's
/// own methods are called: it is trained, saved, moved or listed nowhere, whatever is registered.
bool isOnlyRun(const clang::CXXRecordDecl *Class, const ProjectIndex &Index);

} // namespace torchtidy

#endif
