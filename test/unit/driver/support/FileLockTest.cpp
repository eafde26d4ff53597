// A lock on a file.
#include "support/FileLock.h"
#include "driver/TemporaryDirectory.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(FileLock, IsHeldByOneAtATime) {
  TemporaryDirectory Dir;
  {
    FileLock First(Dir.path("lock"));
    EXPECT_TRUE(First.ok());
    EXPECT_FALSE(FileLock(Dir.path("lock"), /*Wait=*/false).ok());
  }
  EXPECT_TRUE(FileLock(Dir.path("lock"), /*Wait=*/false).ok());
}

} // namespace
