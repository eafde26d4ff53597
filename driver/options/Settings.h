// .torch-tidy.yaml: the project's defaults for options of the command line.
#ifndef TORCHTIDY_DRIVER_OPTIONS_SETTINGS_H
#define TORCHTIDY_DRIVER_OPTIONS_SETTINGS_H

#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

struct RegexText {
  std::string Text;
};

// Keys are the options' names. Paths are as seen from the file's directory, here made absolute.
struct Settings {
  std::optional<std::string> BuildPath, TorchRoot, CacheDir, RemoteCache, Baseline, NewFromRev;
  std::optional<unsigned> Jobs, TimeoutPerFile;
  std::optional<bool> UnsafeFixes, ReportUnusedNolint;
  std::vector<std::string> Select, Ignore, ExtraArgs, OutputFormats;
  std::vector<RegexText> Exclude;
};

// The nearest .torch-tidy.yaml, from the current directory up; empty if there is none.
std::string findSettings();

// Fails with the line and the reason on anything that is not understood.
llvm::Expected<Settings> loadSettings(llvm::StringRef Path);

} // namespace torchtidy

#endif
