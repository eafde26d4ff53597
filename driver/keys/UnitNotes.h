// What is written down of each unit beside its diagnostics: the summary of its module classes.
#ifndef TORCHTIDY_DRIVER_KEYS_UNITNOTES_H
#define TORCHTIDY_DRIVER_KEYS_UNITNOTES_H

#include "engine/Runner.h"
#include "model/summaries/ModuleTree.h"

namespace torchtidy {

NoteMaker noteMaker();

// The summaries in the results of Units, joined. Unread: files of those that have none.
ProjectSummaries joinNotes(llvm::ArrayRef<Unit> Units, llvm::ArrayRef<UnitResult> Results,
                           std::vector<std::string> &Unread);

} // namespace torchtidy

#endif
