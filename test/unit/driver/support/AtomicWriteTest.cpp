// Files written as a whole or not at all.
#include "support/AtomicWrite.h"
#include "driver/TemporaryDirectory.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

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

} // namespace
