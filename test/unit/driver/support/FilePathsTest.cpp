// Path arithmetic.
#include "support/FilePaths.h"
#include "driver/TemporaryDirectory.h"
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

TEST(FilePaths, UriOfAnyName) {
  EXPECT_EQ(fileURI("/p/a-b_c.d~/e"), "file:///p/a-b_c.d~/e");
  EXPECT_EQ(fileURI("/p/a b?#%\xe4"), "file:///p/a%20b%3F%23%25%E4");
}

} // namespace
