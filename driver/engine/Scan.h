// The dependency scan: which heavy external headers a unit reaches, and whether anything of the
// project's stands before them that could change what they mean.
#ifndef TORCHTIDY_DRIVER_ENGINE_SCAN_H
#define TORCHTIDY_DRIVER_ENGINE_SCAN_H

#include "engine/IncludeGraph.h"
#include "engine/PatchedFiles.h"
#include "engine/ProjectScope.h"
#include "engine/Unit.h"
#include "engine/UnitResult.h"
#include "support/LLVMCompat.h"

namespace torchtidy {

struct ScanResult {
  std::vector<HeavyHeader> Heavy;        // empty: nothing to share
  std::vector<EarlyMacro> EarlyMacros;   // before the last of Heavy
  std::string PlainReason;               // why the unit cannot share, if it reaches heavy headers
  std::vector<std::string> ProjectFiles; // the main file and every project header, absolute
};

// Preprocesses the unit with every external header taken as empty: milliseconds.
ScanResult scanUnit(const Unit &U, const clang::CompilerInvocation &Invocation,
                    const ProjectScope &Scope, IncludeGraphs &Graphs, const FileTexts &Texts = {});

} // namespace torchtidy

#endif
