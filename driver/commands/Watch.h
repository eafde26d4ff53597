// Runs something again whenever a file that it looked at is saved.
#ifndef TORCHTIDY_DRIVER_COMMANDS_WATCH_H
#define TORCHTIDY_DRIVER_COMMANDS_WATCH_H

#include "support/Messages.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <string>
#include <vector>

namespace torchtidy {

// Run returns an exit status and the files that it depended on. Goes on until the user interrupts;
// returns the last status.
int repeatOnChange(const Messages &Tell,
                   llvm::function_ref<int(std::vector<std::string> &Files)> Run);

} // namespace torchtidy

#endif
