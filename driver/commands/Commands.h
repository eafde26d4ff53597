// The smaller commands.
#ifndef TORCHTIDY_DRIVER_COMMANDS_COMMANDS_H
#define TORCHTIDY_DRIVER_COMMANDS_COMMANDS_H

#include "options/Options.h"

namespace torchtidy {

// The exit statuses of check and merge.
inline constexpr int Clean = 0, Found = 1, Unusable = 2;

// torch-tidy rule [NAME]: lists the rules, or explains one.
int runRuleCommand(const Options &Opts);

// torch-tidy cache {info|clear}.
int runCacheCommand(const Options &Opts);

// torch-tidy merge REPORT...: one report of those that several runs wrote.
int runMergeCommand(const Options &Opts);

// torch-tidy init [DIR]: writes configuration files for a project, never over existing ones
// unasked.
int runInitCommand(const Options &Opts);

} // namespace torchtidy

#endif
