// What a run tells its user.
#include "support/Messages.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(Messages, CountsInWords) {
  EXPECT_EQ(counted(0, "file"), "0 files");
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(1, "shard is", "shards are"), "1 shard is");
  EXPECT_EQ(counted(2, "shard is", "shards are"), "2 shards are");
}

TEST(Messages, KeepsNotesFromWhoAskedForQuiet) {
  testing::internal::CaptureStderr();
  Messages(/*Quiet=*/true).note("a note");
  Messages(/*Quiet=*/true).warning("a warning");
  Messages(/*Quiet=*/false).note("another note");
  std::string Text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(Text.find("a note"), std::string::npos);
  EXPECT_NE(Text.find("a warning"), std::string::npos);
  EXPECT_NE(Text.find("another note"), std::string::npos);
}

TEST(Messages, PrintsAnErrorsWordsAsTheyAre) {
  EXPECT_EQ(llvm::toString(failure("50 % of '%s'")), "50 % of '%s'");
}

} // namespace
