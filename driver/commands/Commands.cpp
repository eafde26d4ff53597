#include "commands/Commands.h"

using namespace llvm;

namespace torchtidy {

constexpr CommandInfo All[] = {
    {"check", "[check] [PATH...] [OPTIONS] [-- FLAGS]",
     "lint files, directories or the whole compilation database; FLAGS: explicit compiler flags",
     ForCheck, runCheckCommand},
    {"merge", "merge REPORT... [OPTIONS]",
     "make one report of those that several runs wrote with --output-format json:FILE", ForMerge,
     runMergeCommand},
    {"rule", "rule [NAME]", "list the rules, or explain one", ForNone, runRuleCommand},
    {"init", "init [DIR]", "write configuration files for a project", ForNone, runInitCommand},
    {"cache", "cache {info|clear}", "look at or empty the cache", ForCache, runCacheCommand},
    {"completion", "completion {bash|zsh|fish}", "print a completion script for a shell", ForNone,
     runCompletionCommand},
    {"man", "man", "print the manual page", ForNone, runManCommand},
};

ArrayRef<CommandInfo> allCommands() { return All; }

} // namespace torchtidy
