// What a piece of code, and what it calls, may do.
#include "model/training/CodeReach.h"
#include "MarkedSnippet.h"
#include "model/syntax/Callee.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool reaches(llvm::StringRef Body, OtherLibraries Others = OtherLibraries::Unknown) {
  MarkedSnippet Snippet(
      ("void wanted() {} void unseen(); void quiet() {} void deep() { wanted(); }"
       "struct Base { virtual void run() {} }; struct Made { Made() { wanted(); } };"
       "void f(torch::nn::Linear net, torch::Tensor x, Base &base, void (*given)()) { " +
       Body + " }")
          .str());
  return mayReach(
      Snippet.find<FunctionDecl>("f")->getBody(), Snippet.context(),
      [](const CallExpr *Call) { return calleeName(Call) == "wanted"; }, Others);
}

TEST(CodeReach, GoesThroughFunctionsInView) {
  EXPECT_TRUE(reaches("wanted();"));
  EXPECT_TRUE(reaches("deep();"));
  EXPECT_TRUE(reaches("Made made;"));
  EXPECT_TRUE(reaches("[] { wanted(); }();"));
  EXPECT_FALSE(reaches("quiet();"));
}

TEST(CodeReach, TakesWhatIsUnseenForAnything) {
  EXPECT_TRUE(reaches("unseen();"));
  EXPECT_TRUE(reaches("given();"));
  EXPECT_TRUE(reaches("base.run();"));
  EXPECT_TRUE(reaches("unseen();", OtherLibraries::Trusted)); // the project's own
}

TEST(CodeReach, KnowsLibTorchAndModels) { EXPECT_FALSE(reaches("net(x).relu().mean();")); }

} // namespace
