// Ctrl-C is noted, or ends the process. Each test has a process of its own: what is noted stays.
#include "support/Interrupt.h"
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

constexpr int Noted = 7;

TEST(InterruptDeathTest, IsOnlyNotedWhereSomebodyWatches) {
  EXPECT_EXIT(
      {
        watchForInterrupt();
        bool Before = wasInterrupted();
        std::raise(SIGINT);
        std::_Exit(!Before && wasInterrupted() ? Noted : EXIT_FAILURE);
      },
      testing::ExitedWithCode(Noted), "");
}

TEST(InterruptDeathTest, EndsTheProcessOnceItMay) {
  EXPECT_EXIT(
      {
        watchForInterrupt();
        letInterruptEnd();
        std::raise(SIGINT);
        std::_Exit(EXIT_SUCCESS);
      },
      testing::ExitedWithCode(InterruptedStatus), "");
}

} // namespace
