#include "commands/Watch.h"
#include "TemporaryDirectory.h"
#include <atomic>
#include <gtest/gtest.h>
#include <thread>

using namespace torchtidy;

namespace {

// What is said while a watched file is saved once. Runs counts the runs.
std::string heard(bool Quiet, int &Runs) {
  TemporaryDirectory Dir;
  std::string File = Dir.write("a.cpp", "");
  std::atomic<bool> Done = false;
  std::thread Saver([&] {
    while (!Done) {
      Dir.write("a.cpp", "x");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  testing::internal::CaptureStderr();
  Runs = 0;
  repeatOnChange(Messages(Quiet), [&](std::vector<std::string> &Files) {
    if (++Runs == 1)
      Files = {File};
    return 0;
  });
  Done = true;
  Saver.join();
  return testing::internal::GetCapturedStderr();
}

TEST(Watch, RunsAgainWhenAFileIsSaved) {
  int Runs = 0;
  EXPECT_NE(heard(/*Quiet=*/false, Runs).find("waiting for changes"), std::string::npos);
  EXPECT_EQ(Runs, 2);
}

TEST(Watch, IsSilentIfAskedForQuiet) {
  int Runs = 0;
  EXPECT_EQ(heard(/*Quiet=*/true, Runs), "");
  EXPECT_EQ(Runs, 2);
}

} // namespace
