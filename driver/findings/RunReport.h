// What a run found. The output formats (Formats.h) print it.
#ifndef TORCHTIDY_DRIVER_FINDINGS_RUNREPORT_H
#define TORCHTIDY_DRIVER_FINDINGS_RUNREPORT_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "engine/Shard.h"
#include "engine/Unit.h"
#include "engine/UnitResult.h"
#include "findings/Severity.h"
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

class SourceFiles;

// A unit that could not be checked, and why. Without a file: a part of the run that is missing.
struct UnitFailure {
  std::string File, Reason;
};

struct RunReport {
  std::vector<clang::tidy::ClangTidyError> Diagnostics; // no compile errors
  std::vector<std::string> Fingerprints;           // of Diagnostics, in their order (Fingerprint.h)
  std::vector<clang::tidy::ClangTidyError> Errors; // compile errors
  std::vector<UnitFailure> Failures;
  std::vector<size_t> NotCompiling; // indices of the units with compile errors
  size_t FilesChecked = 0;
  size_t FilesUnfinished = 0; // those of them that were not checked to their end
  size_t FilesNotShared = 0;  // those of them that were parsed the plain way though they are large
  std::optional<ShardOfRun> Part; // if the run was one of several
  bool Color = false;

  // Every file was checked to its end, and no part is missing.
  bool isComplete() const { return !FilesUnfinished && Failures.empty() && Errors.empty(); }
  // One of Diagnostics is at least as bad.
  bool has(Severity AtLeast) const;
};

// Takes the diagnostics out of the results of Units.
RunReport gatherReport(llvm::ArrayRef<Unit> Units, std::vector<UnitResult> &Results);

// Sorts by file, position, rule and message and drops what two units both reported, whatever they
// called the file. The result does not depend on the order given.
void sortAndDeduplicate(std::vector<clang::tidy::ClangTidyError> &Diagnostics,
                        SourceFiles &Sources);

} // namespace torchtidy

#endif
