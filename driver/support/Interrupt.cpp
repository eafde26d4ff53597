#include "support/Interrupt.h"
#include "llvm/Support/Signals.h"
#include <csignal>
#include <unistd.h>

namespace torchtidy {

static volatile std::sig_atomic_t Interrupted = 0;

bool wasInterrupted() { return Interrupted; }

void watchForInterrupt() {
  llvm::sys::SetInterruptFunction([] { Interrupted = 1; });
}

void letInterruptEnd() {
  llvm::sys::SetInterruptFunction([] { ::_exit(InterruptedStatus); });
}

} // namespace torchtidy
