// Where the time of a run went: by stage, by rule, and which files could not share.
#ifndef TORCHTIDY_DRIVER_REPORT_PROFILETEXT_H
#define TORCHTIDY_DRIVER_REPORT_PROFILETEXT_H

#include "engine/Unit.h"
#include "engine/UnitResult.h"
#include "llvm/Support/raw_ostream.h"

namespace torchtidy {

void printProfile(const std::vector<Unit> &Units, const std::vector<UnitResult> &Results,
                  bool HasRemoteCache, double TotalSeconds, llvm::raw_ostream &OS);

} // namespace torchtidy

#endif
