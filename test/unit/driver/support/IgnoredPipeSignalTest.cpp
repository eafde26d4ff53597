// Writing to somebody who has gone fails, and does not end the process.
#include "support/IgnoredPipeSignal.h"
#include <cerrno>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace torchtidy;

namespace {

// The errno of a write to a pipe that nobody reads.
int writeToNobody() {
  int Ends[2];
  if (::pipe(Ends) != 0)
    return -1;
  ::close(Ends[0]);
  ssize_t Written = ::write(Ends[1], "x", 1);
  int Error = Written < 0 ? errno : 0;
  ::close(Ends[1]);
  return Error;
}

TEST(IgnoredPipeSignal, MakesAWriteFail) {
  IgnoredPipeSignal Ignored;
  EXPECT_EQ(writeToNobody(), EPIPE);
}

TEST(IgnoredPipeSignal, PutsBackWhatWasThere) {
  auto Handler = [] {
    struct sigaction Now{};
    ::sigaction(SIGPIPE, nullptr, &Now);
    return Now.sa_handler;
  };
  auto Before = Handler();
  {
    IgnoredPipeSignal Ignored;
    EXPECT_EQ(Handler(), SIG_IGN);
    {
      IgnoredPipeSignal Again;
    }
    EXPECT_EQ(Handler(), SIG_IGN);
  }
  EXPECT_EQ(Handler(), Before);
}

} // namespace
