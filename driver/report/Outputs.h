// Where a run's results go: one or more formats, each to standard output or to a file.
#ifndef TORCHTIDY_DRIVER_REPORT_OUTPUTS_H
#define TORCHTIDY_DRIVER_REPORT_OUTPUTS_H

#include "findings/RunReport.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace torchtidy {

enum class OutputFormat { Text, ClangTidy, Json, Sarif, Github, Gitlab, Junit, Rdjson, Html };

struct Output {
  OutputFormat Format = OutputFormat::Text;
  std::string File; // empty: standard output
  bool isFile() const { return !File.empty(); }
};

// Formats: each FORMAT or FORMAT:FILE, none for text. File: where a format without one goes. Fails
// on what cannot be written later on.
llvm::Expected<std::vector<Output>> parseOutputs(const std::vector<std::string> &Formats,
                                                 const std::string &File);

// The formats' names, for messages and help texts.
std::string outputFormatNames();

// Writes them all, files whole or not at all. Notices: what was left out, for the user to read.
// PrintTidyText prints clang-tidy's text on standard output; it comes last.
llvm::Error writeOutputs(llvm::ArrayRef<Output> Outputs, const RunReport &Report,
                         SourceFiles &Sources, llvm::function_ref<void()> PrintTidyText,
                         std::vector<std::string> &Notices);

} // namespace torchtidy

#endif
