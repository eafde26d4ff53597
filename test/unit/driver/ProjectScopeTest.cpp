#include "engine/ProjectScope.h"
#include "TemporaryDirectory.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(ProjectScope, HoldsWhatLiesInARoot) {
  ProjectScope Scope({"/home/me/net"});
  EXPECT_TRUE(Scope.isProject("/home/me/net/src/a.cpp", "/"));
  EXPECT_TRUE(Scope.isProject("../include/a.h", "/home/me/net/src"));
  EXPECT_FALSE(Scope.isProject("/home/me/network/a.h", "/"));
  EXPECT_FALSE(Scope.isProject("/usr/include/stdio.h", "/"));
}

TEST(ProjectScope, LeavesOutSystemDirectoriesInARoot) {
  ProjectScope Scope({"/home/me/net"});
  clang::HeaderSearchOptions Search;
  Search.AddPath("third_party", clang::frontend::System, false, true);
  Search.AddPath("include", clang::frontend::Angled, false, true);
  Search.AddPath(".", clang::frontend::System, false, true); // would hide the project from itself
  Scope.addSearchPaths(Search, "/home/me/net");
  EXPECT_FALSE(Scope.isProject("/home/me/net/third_party/json.h", "/"));
  EXPECT_TRUE(Scope.isProject("/home/me/net/include/a.h", "/"));
  EXPECT_TRUE(Scope.isProject("/home/me/net/src/a.cpp", "/"));
}

TEST(ProjectScope, DropsSearchPathsThatCannotHideAnExternalHeader) {
  TemporaryDirectory Dir;
  Dir.write("net/plain/mine.h", "");
  Dir.write("net/hiding/torch.h", "");
  Dir.write("external/torch.h", "");
  ProjectScope Scope({Dir.path("net")});
  clang::HeaderSearchOptions Search;
  for (llvm::StringRef Path : {"net/plain", "net/hiding", "external"})
    Search.AddPath(Dir.path(Path), clang::frontend::Angled, false, true);
  Scope.dropProjectSearchPaths(Search, "/");
  ASSERT_EQ(Search.UserEntries.size(), 2u);
  EXPECT_EQ(Search.UserEntries[0].Path, Dir.path("net/hiding"));
  EXPECT_EQ(Search.UserEntries[1].Path, Dir.path("external"));
}

TEST(ProjectRoot, IsWhereVersionControlIs) {
  TemporaryDirectory Dir;
  Dir.write("net/.git/HEAD", "");
  EXPECT_EQ(findProjectRoot(Dir.path("net/src/deep/a.cpp"), ""), Dir.path("net"));
}

TEST(ProjectRoot, IsAboveTheBuildDirectory) {
  TemporaryDirectory Dir;
  EXPECT_EQ(findProjectRoot(Dir.path("net/src/a.cpp"), Dir.path("net/build")), Dir.path("net"));
  EXPECT_EQ(findProjectRoot(Dir.path("net/src/a.cpp"), Dir.path("network/build")),
            Dir.path("net/src"));
}

} // namespace
