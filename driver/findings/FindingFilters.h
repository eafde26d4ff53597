// Which of a run's units need checking at all, and which of its findings are reported: not those of
// the baseline, nor on unchanged lines, nor in excluded files.
#ifndef TORCHTIDY_DRIVER_FINDINGS_FINDINGFILTERS_H
#define TORCHTIDY_DRIVER_FINDINGS_FINDINGFILTERS_H

#include "engine/Runner.h"
#include "findings/Baseline.h"
#include "findings/ChangedLines.h"
#include "findings/RunReport.h"
#include "llvm/Support/Regex.h"

namespace torchtidy {

struct FilterOptions {
  std::vector<std::string> Exclude; // regular expressions of paths
  std::string NewFromRev, Baseline; // empty: none
};

class FindingFilters {
public:
  static llvm::Expected<FindingFilters> make(const FilterOptions &Opts,
                                             llvm::ArrayRef<std::string> Roots);

  bool isExcluded(llvm::StringRef Path) const;

  // Whether the unit includes anything that may be reported on; by a scan of what it includes.
  bool mayReport(const Unit &U, Runner &Scanner) const;

  void apply(RunReport &Report, SourceFiles &Sources);

  // What is left of the baseline, if there is one.
  Baseline *baseline() { return Known ? &*Known : nullptr; }
  size_t knownFindings() const { return KnownFindings; }

private:
  bool isOnChangedLine(const clang::tidy::ClangTidyError &E, SourceFiles &Sources) const;

  std::vector<llvm::Regex> Exclude;
  std::optional<ChangedLines> Changed;
  std::optional<Baseline> Known;
  size_t KnownFindings = 0;
};

} // namespace torchtidy

#endif
