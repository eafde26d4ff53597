#include "commands/Commands.h"
#include "findings/RunReport.h"

using namespace llvm;

namespace torchtidy {

constexpr CommandInfo All[] = {
    {"check", "[check] [PATH...] [OPTIONS] [-- FLAGS]",
     "lint files, directories or the whole compilation database; FLAGS: explicit compiler flags",
     ForCheck, runCheckCommand},
    {"merge", "merge REPORT... [OPTIONS]",
     "make one report of those that several runs wrote with --output-format json:FILE", ForMerge,
     runMergeCommand},
    {"keys", "keys CLASS [PATH...] [OPTIONS] [-- FLAGS]",
     "list the parameters and buffers that an object of a module class registers, or compare them "
     "with a checkpoint; CLASS may have arguments: 'Net(10, true)'",
     ForKeys, runKeysCommand},
    {"rule", "rule [NAME]", "list the rules, or explain one", ForNone, runRuleCommand},
    {"init", "init [DIR]", "write configuration files for a project", ForNone, runInitCommand},
    {"cache", "cache {info|clear}", "look at or empty the cache", ForCache, runCacheCommand},
    {"completion", "completion {bash|zsh|fish}", "print a completion script for a shell", ForNone,
     runCompletionCommand},
    {"man", "man", "print the manual page", ForNone, runManCommand},
};

ArrayRef<CommandInfo> allCommands() { return All; }

int statusOfFindings(const Options &Opts, const RunReport &Report) {
  if (Opts.ExitZero || !Opts.WriteBaseline.empty())
    return Clean;
  return Report.has(Opts.FailOn == "info" ? Severity::Info : Severity::Warning) ? Found : Clean;
}

} // namespace torchtidy
