// torch-tidy's command line.
#ifndef TORCHTIDY_DRIVER_OPTIONS_OPTIONS_H
#define TORCHTIDY_DRIVER_OPTIONS_OPTIONS_H

#include "clang-tidy/ClangTidyOptions.h"
#include "engine/Shard.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

struct Options {
  std::string Command = "check";      // one of commandNames()
  std::vector<std::string> Arguments; // files, a rule's name, info or clear, a shell
  std::optional<std::vector<std::string>> FixedFlags;
  std::string BuildPath, TorchRoot, CacheDir;
  std::string RemoteCache;  // the URL of a Redis server
  std::string SettingsPath; // the .torch-tidy.yaml that was read
  std::string NewFromRev;   // report on lines changed since that revision
  std::string Baseline, WriteBaseline, ExportFixes;
  std::optional<Shard> Part;               // check no other units
  std::vector<std::string> Select, Ignore; // rules or groups, maybe several to a string
  std::vector<std::string> Exclude;        // regular expressions of paths
  std::optional<std::string> Checks, Config, ConfigFile, HeaderFilter, ExcludeHeaderFilter,
      WarningsAsErrors, LineFilter;
  std::vector<std::string> ExtraArgs, ExtraArgsBefore;
  std::vector<std::string> OutputFormats; // FORMAT or FORMAT:FILE; none: text
  std::string OutputFile;
  unsigned Jobs = 0;           // 0: one a core
  unsigned TimeoutPerFile = 0; // seconds; 0: none
  bool Fix = false, FixErrors = false, Diff = false, AddNolint = false, ExitNonZeroOnFix = false;
  bool FixNotes = false; // also fixes that can change what the program does
  bool PruneBaseline = false, ReportUnusedNolint = false, Statistics = false, ExitZero = false;
  bool ShowSettings = false, ShowFiles = false, VerifyConfig = false, Watch = false;
  bool Plain = false, NoCache = false, Quiet = false, Profile = false;
  std::optional<bool> Color;
};

// Exits with a message on a wrong command line or a wrong settings file.
Options parseCommandLine(int Argc, const char **Argv);

// Which options were given that cannot go together; empty if all can.
std::string contradiction(const Options &Opts);

struct CommandInfo {
  llvm::StringRef Name, Usage, Summary;
};
llvm::ArrayRef<CommandInfo> commandTable();

// An option as help, completion and the manual page show it.
struct OptionInfo {
  llvm::StringRef Name, Value, Help; // Value: empty for a switch
};
// Sorted by name.
std::vector<OptionInfo> optionTable();

// What the configuration options ask for; null after a message on an unusable one.
std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> makeOptionsProvider(const Options &Opts);

} // namespace torchtidy

#endif
