#include "engine/IncludeGraph.h"
#include "TemporaryDirectory.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

struct IncludeGraphTest : testing::Test {
  IncludeGraphTest() {
    Search.AddPath(Dir.path("lib"), clang::frontend::Angled, false, true);
    Dir.write("lib/heavy.h", "#include <part.h>\n#  include \"circle.h\"\n");
    Dir.write("lib/part.h", std::string(1000, '/'));
    Dir.write("lib/circle.h", "#include \"heavy.h\"\n// #include <unreached.h>\n");
    Dir.write("lib/unreached.h", std::string(5000, '/'));
    Dir.write("lib/other.h", "#include <part.h>\n" + std::string(400, '/'));
  }

  TemporaryDirectory Dir;
  clang::HeaderSearchOptions Search;
};

TEST_F(IncludeGraphTest, CountsWhatIsIncludedOnce) {
  IncludeGraph Graph(Search, Dir.path());
  EXPECT_TRUE(Graph.isAtLeast(Dir.path("lib/heavy.h"), 1000));
  EXPECT_FALSE(Graph.isAtLeast(Dir.path("lib/heavy.h"), 2000));
}

// Two headers that name each other through the folder above, as glm's do.
TEST_F(IncludeGraphTest, KnowsAFileByOneName) {
  Dir.write("lib/detail/one.h", "#include \"../detail/two.h\"\n" + std::string(500, '/'));
  Dir.write("lib/detail/two.h", "#include \"../detail/one.h\"\n" + std::string(500, '/'));
  IncludeGraph Graph(Search, Dir.path());
  EXPECT_TRUE(Graph.isAtLeast(Dir.path("lib/detail/one.h"), 1000));
  EXPECT_FALSE(Graph.isAtLeast(Dir.path("lib/detail/one.h"), 2000));
}

TEST_F(IncludeGraphTest, SharesWhatAddsEnough) {
  IncludeGraph Graph(Search, Dir.path());
  std::vector<std::string> Both = {Dir.path("lib/heavy.h"), Dir.path("lib/other.h")};
  std::vector<std::string> Other = {Dir.path("lib/other.h")};
  EXPECT_EQ(Graph.worthSharing(Both, 500), Other); // heavy.h adds two includes to it
  std::vector<std::string> Reversed = {Both[1], Both[0]};
  EXPECT_EQ(Graph.worthSharing(Reversed, 20), Graph.worthSharing(Both, 20));
  EXPECT_EQ(Graph.worthSharing(Both, 20).size(), 2u);
}

} // namespace
