// From the AST of a unit to its summary.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_SUMMARISE_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_SUMMARISE_H

#include "model/Clang.h"
#include "model/summaries/Summary.h"

namespace torchtidy {

class ProjectIndex;

/// The module classes of the project that \p Index lists, their constructors, what these call, and
/// what else hands out modules. Forward passes are left out: they register nothing.
UnitSummary summarise(clang::ASTContext &Context, const ProjectIndex &Index);

} // namespace torchtidy

#endif
