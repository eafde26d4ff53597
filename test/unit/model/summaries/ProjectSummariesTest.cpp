// Which definition a name and a USR mean.
#include "KeysOfSnippet.h"

using namespace torchtidy;
using torchtidy::test::summaryOf;

namespace {

TEST(ProjectSummaries, FindsClassesByName) {
  ProjectSummaries All;
  All.add(summaryOf("namespace a { struct NetImpl : torch::nn::Module {}; struct Netting : "
                    "torch::nn::Module {}; }"));
  EXPECT_EQ(All.modulesNamed("Net").size(), 1u);
  EXPECT_EQ(All.modulesNamed("NetImpl").size(), 1u);
  EXPECT_EQ(All.modulesNamed("a::Net").size(), 1u);
  EXPECT_EQ(All.modulesNamed("b::Net").size(), 0u);
  EXPECT_EQ(All.modulesNamed("et").size(), 0u);
}

// A header's class is in every unit that includes it, and one class.
TEST(ProjectSummaries, CountsADefinitionOnce) {
  ProjectSummaries All;
  for (int Unit = 0; Unit < 2; ++Unit)
    All.add(summaryOf("struct Net : torch::nn::Module { Net() {} };"));
  auto Found = All.modulesNamed("Net");
  ASSERT_EQ(Found.size(), 1u);
  size_t Unit = 7;
  std::string Why;
  EXPECT_NE(All.findFunction(Found[0].Class->Constructors[0].Usr, Unit, Why), nullptr);
}

TEST(ProjectSummaries, KnowsNoneOfTwo) {
  ProjectSummaries All;
  All.add(summaryOf("struct Net : torch::nn::Module { int a; };"));
  All.add(summaryOf("\n\nstruct Net : torch::nn::Module { int b; };"));
  auto Found = All.modulesNamed("Net");
  ASSERT_EQ(Found.size(), 2u);
  size_t Unit = 7;
  std::string Why;
  EXPECT_EQ(All.findClass(Found[0].Usr, Unit, Why), nullptr);
  EXPECT_TRUE(llvm::StringRef(Why).starts_with("is defined twice, at ")) << Why;
  // Seen from one of the two it is that one's.
  Unit = 1;
  ASSERT_NE(All.findClass(Found[0].Usr, Unit, Why), nullptr);
  EXPECT_EQ(All.findClass(Found[0].Usr, Unit, Why)->Fields, std::vector<std::string>{"b"});
}

} // namespace
