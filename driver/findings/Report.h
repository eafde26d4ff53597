// What a run found. The output formats (Formats.h) print it.
#ifndef TORCHTIDY_DRIVER_FINDINGS_REPORT_H
#define TORCHTIDY_DRIVER_FINDINGS_REPORT_H

#include "clang-tidy/ClangTidy.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "engine/Shard.h"
#include "engine/Unit.h"
#include "engine/UnitResult.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
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
  std::vector<clang::tidy::ClangTidyError> Findings; // no compile errors
  std::vector<std::string> Fingerprints;             // of Findings, in their order (Fingerprint.h)
  std::vector<clang::tidy::ClangTidyError> Errors;   // compile errors
  std::vector<UnitFailure> Failures;
  size_t FilesChecked = 0;
  size_t FilesUnfinished = 0;     // those of them that were not checked to their end
  std::optional<ShardOfRun> Part; // if the run was one of several
  bool Color = false;

  // Every file was checked to its end, and no part is missing.
  bool isComplete() const { return !FilesUnfinished && Failures.empty() && Errors.empty(); }
};

// Sorts by file, position, rule and message and drops what two units both reported, whatever they
// called the file. The result does not depend on the order given.
void sortAndDeduplicate(std::vector<clang::tidy::ClangTidyError> &Findings, SourceFiles &Sources);

// clang-tidy's own text on standard output.
void printTidyText(const RunReport &Report,
                   std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> Provider,
                   SourceFiles &Sources);

// Where the time went: by stage, by rule, and which files could not share.
void printProfile(const std::vector<Unit> &Units, const std::vector<UnitResult> &Results,
                  bool HasRemoteCache, double TotalSeconds, llvm::raw_ostream &OS);

} // namespace torchtidy

#endif
