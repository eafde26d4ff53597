// What is said of a run that takes long where nobody sees a line change.
#include "report/ProgressLine.h"
#include <gtest/gtest.h>
#include <thread>

using namespace torchtidy;

namespace {

std::string heard(bool Wanted, std::chrono::milliseconds Patience, unsigned ToBuild = 0) {
  testing::internal::CaptureStderr();
  ProgressLine Line(Wanted, /*OnTerminal=*/false, Patience);
  Progress P;
  P.Total = 3;
  P.PreamblesToBuild = ToBuild;
  for (P.Done = 0; P.Done < P.Total; ++P.Done) {
    Line.update(P);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  P.IsOver = true;
  Line.update(P);
  return testing::internal::GetCapturedStderr();
}

TEST(ProgressLine, SaysOnceThatALongRunIsAtWork) {
  EXPECT_EQ(heard(true, std::chrono::milliseconds(1)),
            "torch-tidy: still at work, 1 of 3 files done\n");
  EXPECT_EQ(heard(true, std::chrono::milliseconds(1), 1),
            "torch-tidy: still at work, 1 of 3 files done; the shared headers are being made, once "
            "for all files\n");
}

TEST(ProgressLine, IsSilentOfAShortRunAndWhereQuietIsWanted) {
  EXPECT_EQ(heard(true, std::chrono::hours(1)), "");
  EXPECT_EQ(heard(false, std::chrono::milliseconds(1)), "");
}

} // namespace
