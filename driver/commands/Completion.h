// What is printed from the table of options: completion scripts and the manual page.
#ifndef TORCHTIDY_DRIVER_COMMANDS_COMPLETION_H
#define TORCHTIDY_DRIVER_COMMANDS_COMPLETION_H

#include "options/Options.h"

namespace torchtidy {

// torch-tidy completion {bash|zsh|fish}
int runCompletionCommand(const Options &Opts);

// torch-tidy man
int runManCommand();

} // namespace torchtidy

#endif
