// What every output format prints: the findings of a run with their places looked up, their fixes
// told apart by safety and their text made valid UTF-8.
#ifndef TORCHTIDY_DRIVER_FINDINGS_FINDINGS_H
#define TORCHTIDY_DRIVER_FINDINGS_FINDINGS_H

#include "findings/RunReport.h"
#include "findings/Severity.h"
#include "findings/Sources.h"
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

struct Region {
  const SourceFile *File = nullptr;
  unsigned Offset = 0, Length = 0;
  Position Start, End; // End is the first position after it

  llvm::StringRef text() const { return File->text().substr(Offset, Length); }
};

struct Edit {
  Region Where;
  std::string Text;
};

// Edits that belong together.
struct ProposedFix {
  std::string Description;
  FixSafety Safety = FixSafety::Safe; // safe: keeps or repairs what the program means
  std::vector<Edit> Edits;
};

// A message and the place it speaks of.
struct Remark {
  std::string Message;
  std::optional<Region> Where;    // none: no file, or one that cannot be read
  std::vector<Region> Underlined; // on the same file
  std::optional<ProposedFix> Fix;
};

struct Finding {
  std::string Rule;
  const RuleInfo *Info = nullptr; // null: the rule is not of this project
  Severity Level = Severity::Warning;
  bool IsWarningAsError = false;
  bool IsCompileError = false;
  bool IsFailure = false; // the file could not be checked: no finding, but no report may hide it
  std::string Path;       // relative to the project where the file lies in it; empty: no file
  std::string Fingerprint;
  std::vector<std::string> Aliases; // other names of the rule
  Remark Main;
  std::vector<Remark> Notes;

  unsigned line() const { return Main.Where ? Main.Where->Start.Line : 0; }
  unsigned column() const { return Main.Where ? Main.Where->Start.Column : 0; }
  // The fix on the finding itself, then those on its notes.
  std::vector<const ProposedFix *> fixes() const;
};

// A run as the formats see it.
struct FindingList {
  std::vector<Finding> All; // failures and compile errors first
  size_t FilesChecked = 0, FilesUnfinished = 0;
  bool IsComplete = true; // every file was checked to its end
  std::optional<ShardOfRun> Part;
  unsigned count(Severity S) const;
  // Indices of All, the worst first, otherwise in their order: what is kept where a reader has
  // limits.
  std::vector<size_t> worstFirst() const;
};

// "fix", or "fix that …" for one that is not applied unasked.
std::string labelOf(const ProposedFix &Fix);

// What the message of a failure begins with.
inline constexpr llvm::StringLiteral NotChecked = "this file could not be checked: ";

// The list points into Sources, which has to outlive it.
FindingList resolveFindings(const RunReport &Report, SourceFiles &Sources);

// The lines that a fix touches, before and after.
struct Hunk {
  const SourceFile *File = nullptr;
  unsigned FirstLine = 0;
  std::vector<std::string> Before, After;
};
std::vector<Hunk> hunksOf(const ProposedFix &Fix);

// Where a rule is explained.
std::string ruleUrl(llvm::StringRef Rule);
// Where torch-tidy is explained.
llvm::StringRef homepage();

} // namespace torchtidy

#endif
