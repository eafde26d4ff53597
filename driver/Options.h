// torch-tidy's command line.
#ifndef TORCHTIDY_DRIVER_OPTIONS_H
#define TORCHTIDY_DRIVER_OPTIONS_H

#include "clang-tidy/ClangTidyOptions.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

struct Options {
  std::string Command = "check";      // check, rule, cache
  std::vector<std::string> Arguments; // files, a rule's name, info or clear
  std::optional<std::vector<std::string>> FixedFlags;
  std::string BuildPath, TorchRoot, CacheDir;
  std::optional<std::string> Checks, Config, ConfigFile, HeaderFilter, ExcludeHeaderFilter,
      WarningsAsErrors, LineFilter;
  std::vector<std::string> ExtraArgs, ExtraArgsBefore;
  std::vector<std::string> OutputFormats; // FORMAT or FORMAT:FILE; none: text
  std::string OutputFile;
  unsigned Jobs = 0;           // 0: one a core
  unsigned TimeoutPerFile = 0; // seconds; 0: none
  bool Fix = false, FixNotes = false, FixErrors = false, Plain = false, NoCache = false,
       Quiet = false, Profile = false;
  std::optional<bool> Color;
};

// Exits with a message on a wrong command line.
Options parseCommandLine(int Argc, const char **Argv);

// What the configuration options ask for; null after a message on an unusable one.
std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> makeOptionsProvider(const Options &Opts);

} // namespace torchtidy

#endif
