// What makes a finding the same finding after an edit elsewhere: its rule, its file, what its line
// says and its message; not where the line is.
#ifndef TORCHTIDY_DRIVER_FINDINGS_FINGERPRINT_H
#define TORCHTIDY_DRIVER_FINDINGS_FINGERPRINT_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "findings/Sources.h"
#include "llvm/ADT/ArrayRef.h"
#include <set>
#include <string>
#include <vector>

namespace torchtidy {

// One fingerprint a finding, in the same order; no two are equal. Findings that cannot be told
// apart otherwise (the same line twice in a file) are numbered in the order given, so that all
// findings of a run must come in, sorted (sortAndDeduplicate), before any is filtered out.
// 32 hexadecimal digits; their meaning is fixed for as long as FingerprintVersion stays.
std::vector<std::string> fingerprints(llvm::ArrayRef<clang::tidy::ClangTidyError> Diagnostics,
                                      SourceFiles &Sources);

// The same for findings of several reports. Recorded: the fingerprints that each has there, one
// unless the reports differ. They stay, since a report may have left out others of the same text;
// but where reports numbered findings each on its own and do not agree, they are numbered anew.
std::vector<std::string> mergedFingerprints(llvm::ArrayRef<clang::tidy::ClangTidyError> Diagnostics,
                                            llvm::ArrayRef<std::set<std::string>> Recorded,
                                            SourceFiles &Sources);

inline constexpr unsigned FingerprintVersion = 1;

} // namespace torchtidy

#endif
