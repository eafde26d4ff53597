// The output formats other than clang-tidy's own: each prints a run on a stream.
#ifndef TORCHTIDY_DRIVER_REPORT_FORMATS_H
#define TORCHTIDY_DRIVER_REPORT_FORMATS_H

#include "findings/Findings.h"
#include "llvm/Support/raw_ostream.h"

namespace torchtidy {

// What a format left out since its reader has limits, in words; empty: nothing.
using CutNotice = std::string;

// Source lines with carets, notes and fixes, infos with a line each after them, a summary by rule
// at the end.
void printText(const FindingList &List, bool Color, llvm::raw_ostream &OS);

// docs/using/json-schema.json. Raise the version with a change that a reader could trip over.
inline constexpr unsigned JsonFormatVersion = 3;
void printJson(const FindingList &List, llvm::raw_ostream &OS);

// SARIF 2.1.0 within the limits of GitHub's code scanning.
CutNotice printSarif(const FindingList &List, llvm::raw_ostream &OS);

// Workflow commands, which GitHub Actions shows as annotations.
CutNotice printGithub(const FindingList &List, llvm::raw_ostream &OS);

// GitLab's code quality report.
void printGitlab(const FindingList &List, llvm::raw_ostream &OS);

// JUnit XML as Jenkins reads it (junit-10).
void printJunit(const FindingList &List, llvm::raw_ostream &OS);

// reviewdog's diagnostic format.
void printRdjson(const FindingList &List, llvm::raw_ostream &OS);

// One page that needs nothing else.
void printHtml(const FindingList &List, llvm::raw_ostream &OS);

} // namespace torchtidy

#endif
