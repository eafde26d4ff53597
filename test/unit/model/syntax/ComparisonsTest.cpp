#include "model/syntax/Comparisons.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "left==right" of the marked expression, in the order of the text; empty when it is no test.
std::string equality(llvm::StringRef Condition) {
  MarkedSnippet Snippet(
      ("void f(int i, std::string kind, std::shared_ptr<int> p) { (void)([[" + Condition + "]]); }")
          .str());
  std::optional<Equality> Found = asEquality(Snippet.within<Expr>());
  if (!Found)
    return "";
  bool InOrder = Found->Left->getBeginLoc() < Found->Right->getBeginLoc();
  return (InOrder ? "" : "swapped ") + std::string(Found->IsEqual ? "==" : "!=");
}

TEST(Comparisons, OfEveryKind) {
  EXPECT_EQ(equality("i == 1"), "==");
  EXPECT_EQ(equality("i != 1"), "!=");
  EXPECT_EQ(equality("kind == \"conv\""), "==");
  EXPECT_EQ(equality("kind != \"conv\""), "!="); // rewritten since C++20
  EXPECT_EQ(equality("\"conv\" == kind"), "==");
  EXPECT_EQ(equality("nullptr != p"), "!=");
}

TEST(Comparisons, AreNoOrder) {
  EXPECT_EQ(equality("i < 1"), "");
  EXPECT_EQ(equality("kind < \"conv\""), "");
  EXPECT_EQ(equality("i + 1"), "");
  EXPECT_FALSE(asEquality(nullptr));
}

} // namespace
