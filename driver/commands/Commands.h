// What a user can ask for.
#ifndef TORCHTIDY_DRIVER_COMMANDS_COMMANDS_H
#define TORCHTIDY_DRIVER_COMMANDS_COMMANDS_H

#include "options/CommandLine.h"

namespace torchtidy {

struct RunReport;

// The one list of them. The first is meant where none is named.
llvm::ArrayRef<CommandInfo> allCommands();

// The exit statuses of check and merge; the others end with Clean or Unusable.
inline constexpr int Clean = 0, Found = 1, Unusable = 2;
// That of a run in which nothing went wrong: whether a finding counts that is left.
int statusOfFindings(const Options &Opts, const RunReport &Report);

int runCheckCommand(const Options &Opts);
int runMergeCommand(const Options &Opts);
int runKeysCommand(const Options &Opts);
int runRuleCommand(const Options &Opts);
int runInitCommand(const Options &Opts);
int runCacheCommand(const Options &Opts);
int runCompletionCommand(const Options &Opts);
int runManCommand(const Options &Opts);

} // namespace torchtidy

#endif
