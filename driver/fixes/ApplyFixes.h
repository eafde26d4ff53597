// From the fixes that findings carry to changes of files.
#ifndef TORCHTIDY_DRIVER_FIXES_APPLYFIXES_H
#define TORCHTIDY_DRIVER_FIXES_APPLYFIXES_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "fixes/FilePatch.h"
#include "llvm/ADT/StringMap.h"
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace torchtidy {

struct FixOptions {
  bool UnsafeFixes = false; // also those that stand on notes
  // The digest of the text that a file had when it was checked; empty if unknown.
  std::function<std::string(llvm::StringRef RealPath)> DigestOf;
  std::function<std::string(llvm::StringRef RealPath)> FormatStyleOf;
  // A unit that reads the file and does not compile, so that nobody can tell what a fix would do
  // to it; empty if there is none.
  std::function<std::string(llvm::StringRef RealPath)> HeldBackBy;
};

struct FixPlan {
  std::vector<FilePatch> Patches;
  unsigned Applied = 0;                     // findings whose fix is part of Patches
  unsigned Conflicts = 0;                   // left out since they overlap one that is
  std::vector<std::string> Skipped;         // what was left out, where and why
  std::map<std::string, unsigned> HeldBack; // how many were left out for which unit
  std::vector<std::string> TakenBack;       // what a unit would not bear, where and why
};

// Whether planFixes could take a fix of the finding.
bool hasFix(const clang::tidy::ClangTidyError &E, bool UnsafeFixes);

// The files that this fix changes, links resolved.
std::set<std::string> filesOfFix(const clang::tidy::ClangTidyError &E, bool UnsafeFixes);

// A fix is taken whole or not at all, in the order of the findings.
FixPlan planFixes(llvm::ArrayRef<clang::tidy::ClangTidyError> Diagnostics,
                  const FixOptions &Options);

// Writes the fixes for clang-apply-replacements. Without UnsafeFixes, those on notes are left out.
llvm::Error exportFixes(llvm::ArrayRef<clang::tidy::ClangTidyError> Diagnostics, bool UnsafeFixes,
                        llvm::StringRef Path);

} // namespace torchtidy

#endif
