// From argv and the settings file to Options.
#ifndef TORCHTIDY_DRIVER_OPTIONS_COMMANDLINE_H
#define TORCHTIDY_DRIVER_OPTIONS_COMMANDLINE_H

#include "options/OptionTable.h"

namespace torchtidy {

struct CommandInfo {
  llvm::StringRef Name, Usage, Summary;
  CommandSet Kind; // which options mean something to it
  int (*Run)(const Options &);
};

struct CommandLine {
  const CommandInfo *Command;
  Options Opts;
};

// Commands: the first is meant where none is named. Exits with a message on a wrong command line or
// a wrong settings file. To be called once.
CommandLine parseCommandLine(int Argc, const char **Argv, llvm::ArrayRef<CommandInfo> Commands);

} // namespace torchtidy

#endif
