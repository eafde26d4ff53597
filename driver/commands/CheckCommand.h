// torch-tidy check: from paths to a report and an exit status.
#ifndef TORCHTIDY_DRIVER_COMMANDS_CHECKCOMMAND_H
#define TORCHTIDY_DRIVER_COMMANDS_CHECKCOMMAND_H

#include "options/Options.h"

namespace torchtidy {

// The exit status: 0 clean, 1 findings, 2 wrong usage or a file that could not be checked.
int runCheckCommand(const Options &Opts);

} // namespace torchtidy

#endif
