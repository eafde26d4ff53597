// Flags that are the same all through a function.
#include "model/paths/Flags.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Code =
    "void go(); struct Net { bool gpu; void use(bool cuda, bool set) { if (cuda) { $then^go(); } "
    "else "
    "{ $else^go(); } if (!cuda) { $not^go(); } if (gpu) { $member^go(); } set = false; if (set) { "
    "$written^go(); } if (cuda && gpu) { $both^go(); } } };";

std::string flags(llvm::StringRef Name) {
  MarkedSnippet Snippet(Code.str());
  std::string Text;
  for (const Flag &Each : flagsAt(Snippet.at<CallExpr>(Name),
                                  Snippet.find<FunctionDecl>("Net::use"), Snippet.context()))
    Text += (Each.Value ? "" : "!") + Each.Name->getNameAsString();
  return Text;
}

TEST(Flags, AreWhatTheIfsAroundSay) {
  EXPECT_EQ(flags("then"), "cuda");
  EXPECT_EQ(flags("else"), "!cuda");
  EXPECT_EQ(flags("not"), "!cuda");
  EXPECT_EQ(flags("member"), "gpu");
  EXPECT_EQ(flags("written"), "");
  EXPECT_EQ(flags("both"), "");
}

TEST(Flags, ContradictWhereOneIsBoth) {
  MarkedSnippet Snippet(Code.str());
  const auto *Function = Snippet.find<FunctionDecl>("Net::use");
  auto At = [&](llvm::StringRef Name) {
    return flagsAt(Snippet.at<CallExpr>(Name), Function, Snippet.context());
  };
  EXPECT_TRUE(contradict(At("then"), At("not")));
  EXPECT_FALSE(contradict(At("else"), At("not")));
  EXPECT_FALSE(contradict(At("then"), At("member")));
}

TEST(Flags, GuardsAreOppositeWhereTheySayTheSameAndGoOtherWays) {
  MarkedSnippet Snippet("bool ask(); void go(); void f(bool a) { if (ask()) $one^go(); if (!ask()) "
                        "$two^go(); if (a) $three^go(); }");
  auto At = [&](llvm::StringRef Name) {
    return guardsAt(Snippet.at<CallExpr>(Name), Snippet.context()).front();
  };
  EXPECT_TRUE(areOpposite(At("one"), At("two"), Snippet.context()));
  EXPECT_FALSE(areOpposite(At("one"), At("one"), Snippet.context()));
  EXPECT_FALSE(areOpposite(At("one"), At("three"), Snippet.context()));
  EXPECT_TRUE(areSpelledAlike(At("one").Condition, At("two").Condition, Snippet.context()));
  EXPECT_FALSE(areSpelledAlike(At("one").Condition, At("three").Condition, Snippet.context()));
}

// Whether what let the first call run implies what kept the second from it.
bool implies(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("bool ask(); void go(); void f(bool a, bool b, int n) { " + Body + " }").str());
  Guards Passed = guardsAt(Snippet.at<CallExpr>("one"), Snippet.context());
  Guards Denied = guardsAt(Snippet.at<CallExpr>("two"), Snippet.context());
  EXPECT_EQ(Passed.size(), 1u);
  EXPECT_EQ(Denied.size(), 1u);
  return mayImply(Passed.front(), Denied.front(), Snippet.context());
}

TEST(Flags, GuardsImplyWhatSaysTheSame) {
  EXPECT_TRUE(implies("if (a) $one^go(); if (a) $two^go();"));
  EXPECT_TRUE(implies("if (ask()) $one^go(); if (!ask()); else $two^go();"));
  EXPECT_TRUE(implies("if (n == 1) $one^go(); if (n > 0) $two^go();"));
  EXPECT_TRUE(implies("switch (n) { case 1: $one^go(); } if (n) $two^go();"));
  EXPECT_FALSE(implies("if (a) $one^go(); if (b) $two^go();"));
  EXPECT_FALSE(implies("if (ask()) $one^go(); if (!ask()) $two^go();"));
}

} // namespace
