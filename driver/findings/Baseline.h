// Findings that are known and accepted, kept in a file by fingerprint, so that edits above a
// finding do not revive it.
#ifndef TORCHTIDY_DRIVER_FINDINGS_BASELINE_H
#define TORCHTIDY_DRIVER_FINDINGS_BASELINE_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "findings/Sources.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace torchtidy {

struct BaselineEntry {
  std::string Fingerprint, Rule, Path, Message;
};

class Baseline {
public:
  static llvm::Expected<Baseline> load(llvm::StringRef Path);
  static Baseline fromDiagnostics(llvm::ArrayRef<clang::tidy::ClangTidyError> Diagnostics,
                                  llvm::ArrayRef<std::string> Fingerprints, SourceFiles &Sources);
  llvm::Error save(llvm::StringRef Path) const;

  // A run begins: it has met none of the entries.
  void begin();
  // Whether a finding of the run is known.
  bool meet(llvm::StringRef Fingerprint);

  // Entries that the run did not meet although WasChecked(rule, path) says that it could have.
  std::vector<BaselineEntry> gone(llvm::function_ref<bool(const BaselineEntry &)> WasChecked) const;
  void remove(llvm::ArrayRef<BaselineEntry> Entries);

  size_t size() const { return Entries.size(); }

private:
  std::vector<BaselineEntry> Entries;
  llvm::StringSet<> Known, Met;
};

} // namespace torchtidy

#endif
