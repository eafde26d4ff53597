// Ctrl-C: noted by a signal handler, looked at between steps.
#ifndef TORCHTIDY_DRIVER_SUPPORT_INTERRUPT_H
#define TORCHTIDY_DRIVER_SUPPORT_INTERRUPT_H

namespace torchtidy {

// The exit status, as the shell has it for a process that Ctrl-C ended.
inline constexpr int InterruptedStatus = 130;

// From here on the first interrupt is only noted.
void watchForInterrupt();
bool wasInterrupted();
// From here on it ends the process; LLVM's handler removes temporary files first.
void letInterruptEnd();

} // namespace torchtidy

#endif
