// Reads what printJson wrote (Formats.h), for `torch-tidy merge`.
#ifndef TORCHTIDY_DRIVER_REPORT_JSONREADER_H
#define TORCHTIDY_DRIVER_REPORT_JSONREADER_H

#include "findings/RunReport.h"
#include "findings/Sources.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

// The report as the run that wrote it had it; its fingerprints are those of the file. What the
// findings point to is added to Sources. Fails with the file, the cause and the next step on
// anything but a whole report of this format.
llvm::Expected<RunReport> readJsonReport(llvm::StringRef File, SourceFiles &Sources);

} // namespace torchtidy

#endif
