// What a unit does not know and another one may: the functions that it would read if they were in
// view, and those that it defines.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_UNITBOUNDARY_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_UNITBOUNDARY_H

#include "model/summaries/Summary.h"

namespace torchtidy {

class ProjectIndex;

/// What the main file defines of and about modules, and the functions that are declared in the unit
/// and defined in another one, where they decide about what it defines or runs: each once, in the
/// order of the code.
///  - Members of a class that could build or register something, of its bases too, and functions of
///    modules that its members call. Of the files that define parts of a class one speaks for it:
///    that of its first constructor, or of what stands first after those.
///  - Constructors of the class of a module member that no call in view registers.
///  - Constructors of a model that the main file loads and runs, where nothing in view depends on
///    the mode; and what it hands modules to.
UnitBoundary boundaryOf(const ProjectIndex &Index);

} // namespace torchtidy

#endif
