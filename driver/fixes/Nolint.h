// NOLINT comments: those that suppress nothing, and new ones for findings.
#ifndef TORCHTIDY_DRIVER_FIXES_NOLINT_H
#define TORCHTIDY_DRIVER_FIXES_NOLINT_H

#include "engine/UnitResult.h"
#include "fixes/ApplyFixes.h"
#include "llvm/ADT/StringSet.h"

namespace torchtidy {

inline constexpr llvm::StringLiteral UnusedNolintRule = "torch-unused-nolint";

// A finding for each rule of torch-tidy that a NOLINT comment in Files names although nothing in
// Results was suppressed by it. Rules that are not Enabled could not have been; comments without
// names are other tools' too.
std::vector<clang::tidy::ClangTidyError> unusedNolints(llvm::ArrayRef<std::string> Files,
                                                       llvm::ArrayRef<UnitResult> Results,
                                                       const llvm::StringSet<> &Enabled);

// A comment on the line of each finding.
FixPlan planNolints(llvm::ArrayRef<clang::tidy::ClangTidyError> Diagnostics);

} // namespace torchtidy

#endif
