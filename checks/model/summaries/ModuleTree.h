// What an object of a class registers: the terms of its constructor, evaluated.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_MODULETREE_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_MODULETREE_H

#include "model/summaries/ProjectSummaries.h"
#include "model/summaries/TreeValue.h"

namespace torchtidy {

/// The object that `Class(Arguments...)` builds. Ends in bounded time and memory. An argument that
/// is a list with Words or Named stands for an object of the class of the parameter; \p Complaint
/// says why it is none.
TreeValue buildModule(const ProjectSummaries &Summaries, const ProjectSummaries::FoundClass &Class,
                      llvm::ArrayRef<TreeValue> Arguments, std::string *Complaint = nullptr);

} // namespace torchtidy

#endif
