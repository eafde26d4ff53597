// The sizes of a tensor, where the code spells them.
#include "model/memory/SpelledSizes.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string snippet(llvm::StringRef Body) {
  return ("void use(torch::Tensor); void f(torch::Tensor x, int64_t n) { " + Body + " }").str();
}

// Of the argument of the marked call.
std::string sizes(llvm::StringRef Body) {
  MarkedSnippet Snippet(snippet(Body));
  std::optional<SpelledSizes> Found = spelledSizes(
      Snippet.within<CallExpr>()->getArg(0), Snippet.find<FunctionDecl>("f"), Snippet.context());
  std::string Text = Found ? "" : "none";
  if (Found)
    for (std::optional<int64_t> Size : *Found)
      Text += Size ? std::to_string(*Size) + " " : "? ";
  return Text;
}

// Of the marked call's object.
bool moves(llvm::StringRef Body) {
  MarkedSnippet Snippet(snippet(Body));
  const auto *Call = Snippet.within<CXXMemberCallExpr>();
  std::optional<SpelledSizes> Of = spelledSizes(Call->getImplicitObjectArgument(),
                                                Snippet.find<FunctionDecl>("f"), Snippet.context());
  return Of && movesOnesAlone(Call, *Of, Snippet.context());
}

TEST(SpelledSizes, AreThoseOfALiteralList) {
  EXPECT_EQ(sizes("[[use(torch::rand({1, 2, n}))]];"), "1 2 ? ");
  EXPECT_EQ(sizes("auto y = torch::zeros({1, 2}).contiguous(); [[use(y)]];"), "1 2 ");
  EXPECT_EQ(sizes("[[use(x.view({1, 3}).unsqueeze(0))]];"), "1 1 3 ");
  EXPECT_EQ(sizes("[[use(x)]];"), "none");
  EXPECT_EQ(sizes("auto y = torch::zeros({1, 2}); y = x; [[use(y)]];"), "none");
  EXPECT_EQ(sizes("auto y = torch::zeros({1, 2}); y.resize_({2, 2}); [[use(y)]];"), "none");
}

TEST(SpelledSizes, KeepAPartInOnePiece) {
  EXPECT_TRUE(liesInOnePiece({1, 4}, 1));
  EXPECT_TRUE(liesInOnePiece({1, std::nullopt}, -1));
  EXPECT_FALSE(liesInOnePiece({2, 4}, 1));
  EXPECT_FALSE(liesInOnePiece({std::nullopt, 4}, 1));
  EXPECT_FALSE(liesInOnePiece({1}, 3));
}

TEST(SpelledSizes, MoveOnesWithoutReordering) {
  EXPECT_TRUE(moves("[[torch::rand({1, 2, 3}).permute({1, 2, 0})]];"));
  EXPECT_TRUE(moves("[[torch::rand({1, 2}).t()]];"));
  EXPECT_TRUE(moves("[[torch::rand({4, 1, 3}).transpose(0, 1)]];"));
  EXPECT_FALSE(moves("[[torch::rand({2, 3}).t()]];"));
  EXPECT_FALSE(moves("[[torch::rand({1, 2, 3}).permute({2, 1, 0})]];"));
  EXPECT_FALSE(moves("[[torch::rand({4, 1, 3}).transpose(0, 2)]];"));
}

} // namespace
