// Findings that are known and accepted, kept in a file by fingerprint, so that edits above a
// finding do not revive it.
#ifndef TORCHTIDY_DRIVER_BASELINE_H
#define TORCHTIDY_DRIVER_BASELINE_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "report/Sources.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <string>
#include <vector>

namespace torchtidy {

struct BaselineEntry {
  std::string Fingerprint, Rule, Path, Message;
};

class Baseline {
public:
  static llvm::Expected<Baseline> load(llvm::StringRef Path);
  // Findings must be all of a run, sorted: their fingerprints depend on it.
  static Baseline fromFindings(llvm::ArrayRef<clang::tidy::ClangTidyError> Findings,
                               SourceFiles &Sources);
  llvm::Error save(llvm::StringRef Path) const;

  // Takes the known ones out of Findings (all of a run, sorted); returns how many there were.
  size_t filter(std::vector<clang::tidy::ClangTidyError> &Findings, SourceFiles &Sources);

  // Entries that filter did not meet although WasChecked(rule, path) says that it could have.
  std::vector<BaselineEntry> gone(llvm::function_ref<bool(const BaselineEntry &)> WasChecked) const;
  void remove(llvm::ArrayRef<BaselineEntry> Entries);

  size_t size() const { return Entries.size(); }

private:
  std::vector<BaselineEntry> Entries;
  llvm::StringSet<> Met;
};

} // namespace torchtidy

#endif
