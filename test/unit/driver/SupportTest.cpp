#include "TemporaryDirectory.h"
#include "support/AtomicWrite.h"
#include "support/Digest.h"
#include "support/FileLock.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(FilePaths, TakesAPathApartAtADirectoryAndNotInsideAName) {
  EXPECT_EQ(pathIn("/a/b", "/a/b/c/d"), "c/d");
  EXPECT_EQ(pathIn("/a/b/", "/a/b/c"), "c");
  EXPECT_EQ(pathIn("/a/b", "/a/b"), "");
  EXPECT_EQ(pathIn("/", "/a"), "a");
  EXPECT_EQ(pathIn("/a/b", "/a/bc"), std::nullopt);
  EXPECT_EQ(pathIn("/a/b", "/a"), std::nullopt);
  EXPECT_EQ(pathIn("", "/a"), std::nullopt);
  EXPECT_TRUE(isIn("/a", "/a"));
  EXPECT_FALSE(isIn("/a", "/ab/c"));
}

TEST(FilePaths, IsAbsoluteWithoutDots) {
  EXPECT_EQ(absoluteIn("/a/b", "../c/./d"), "/a/c/d");
  EXPECT_EQ(absoluteIn("/a/b", "/c/../d"), "/d");
  EXPECT_EQ(writtenIn("/a/b", "../c"), "/a/b/../c");
}

TEST(FilePaths, FollowsLinksWhereThereAreAny) {
  TemporaryDirectory Dir;
  std::string File = Dir.write("file", "x");
  ASSERT_FALSE(llvm::sys::fs::create_link(File, Dir.path("link")));
  EXPECT_EQ(realPath(Dir.path("link")), realPath(File));
  EXPECT_EQ(realPath(Dir.path("none")), Dir.path("none"));
}

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

TEST(Digest, IsSha1) { EXPECT_EQ(hexDigest("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d"); }

TEST(AtomicWrite, ReplacesTheTextAndKeepsModeAndLink) {
  TemporaryDirectory Dir;
  std::string File = Dir.write("file", "old");
  using namespace llvm::sys::fs;
  ASSERT_FALSE(setPermissions(File, perms(0640)));
  ASSERT_FALSE(create_link(File, Dir.path("link")));
  ASSERT_FALSE(llvm::errorToBool(writeAtomically(Dir.path("link"), "new")));
  EXPECT_EQ(Dir.read("file"), "new");
  EXPECT_TRUE(is_symlink_file(Dir.path("link")));
  auto Mode = getPermissions(File);
  ASSERT_TRUE(bool(Mode));
  EXPECT_EQ(*Mode, perms(0640));
}

TEST(AtomicWrite, NamesTheFileThatItCannotWrite) {
  TemporaryDirectory Dir;
  std::string Text = llvm::toString(writeAtomically(Dir.path("none/file"), "new"));
  EXPECT_NE(Text.find("cannot write '" + Dir.path("none/file")), std::string::npos) << Text;
}

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
