// While it lives, writing to a process or server that has gone fails, but does not end this
// process.
#ifndef TORCHTIDY_DRIVER_SUPPORT_IGNOREDPIPESIGNAL_H
#define TORCHTIDY_DRIVER_SUPPORT_IGNOREDPIPESIGNAL_H

#include <csignal>

namespace torchtidy {

class IgnoredPipeSignal {
public:
  IgnoredPipeSignal() {
    struct sigaction Ignore{};
    Ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &Ignore, &Before);
  }
  ~IgnoredPipeSignal() { ::sigaction(SIGPIPE, &Before, nullptr); }
  IgnoredPipeSignal(const IgnoredPipeSignal &) = delete;
  IgnoredPipeSignal &operator=(const IgnoredPipeSignal &) = delete;

private:
  struct sigaction Before;
};

} // namespace torchtidy

#endif
