// What a user asked for: the command line with the settings file behind it.
#ifndef TORCHTIDY_DRIVER_OPTIONS_OPTIONS_H
#define TORCHTIDY_DRIVER_OPTIONS_OPTIONS_H

#include "engine/Shard.h"
#include "options/OptionValue.h"
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

// One member for each row of optionTable(), which says what it means, and a few others.
struct Options {
  std::vector<std::string> Arguments; // files, a rule's name, info or clear, a shell
  std::optional<std::vector<std::string>> FixedFlags; // what followed "--"
  std::string SettingsPath;                           // the .torch-tidy.yaml that was read
  std::vector<GivenOption> Given;                     // in the order of the table
  std::optional<Shard> Part;                          // check no other units

  std::string BuildPath, TorchRoot, CacheDir, RemoteCache, SettingsFile, NewFromRev;
  std::string Baseline, WriteBaseline, ExportFixes, OutputFile, ShardText, AskedFiles;
  std::string FailOn = "warning", KeysFormat = "text", Entry, KeysPicture;
  std::optional<std::string> Checks, Config, ConfigFile, HeaderFilter, ExcludeHeaderFilter,
      WarningsAsErrors, LineFilter, Against;
  std::vector<std::string> Select, Ignore, Exclude, ExtraArgs, ExtraArgsBefore, OutputFormats;
  unsigned Jobs = 0;             // 0: one a core
  unsigned TimeoutPerFile = 300; // seconds; 0: none
  bool Fix = false, UnsafeFixes = false, FixErrors = false, Diff = false, AddNolint = false;
  bool ExitNonZeroOnFix = false, ExitZero = false, PruneBaseline = false;
  bool ReportUnusedNolint = false, Statistics = false, ShowSettings = false, ShowFiles = false;
  bool VerifyConfig = false, Watch = false, Plain = false, NoCache = false, Quiet = false;
  bool Profile = false, NoCrossUnits = false;
  std::optional<bool> Color;
};

// Which options were given that cannot go together; empty if all can.
std::string contradiction(const Options &Opts);

} // namespace torchtidy

#endif
