// Results that statements throw away, and what would have been changed.
#include "model/memory/DiscardedResults.h"
#include "MarkedSnippet.h"
#include "model/syntax/SourceText.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::vector<unsigned> offsets(const MarkedSnippet &Snippet) {
  std::vector<unsigned> Found;
  forEachDiscarded(Snippet.find<FunctionDecl>("f")->getBody(),
                   [&](const Expr *E) { Found.push_back(Snippet.offset(E->getBeginLoc())); });
  return Found;
}

// "operation operand", with * for a use afterwards.
std::string found(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; struct S { Tensor m; void f(Tensor p, Tensor &r) { " + Body + " } };")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  std::string Text;
  forEachDiscardedResult(Snippet.find<FunctionDecl>("S::f"), Graphs, [&](const DiscardedResult &R) {
    Text += R.Name + " " + sourceText(R.Operand, Snippet.context(), "?") + (R.UsedAt ? "*" : "") +
            (R.IsDirect ? "" : " indirect") + "; ";
  });
  return llvm::StringRef(Text).rtrim("; ").str();
}

TEST(Discarded, AreStatementsCommasAndArms) {
  MarkedSnippet Snippet(
      "int g(int); void f(int a) { ^g(1); int b = g(2); if (g(3)) ^g(4); else ^g(5);"
      " for (a = g(6); g(7); ^++a) ^g(8); ^g(9), ^g(10); a ? ^g(11) : ^g(12);"
      " (void)g(13) ; }");
  std::vector<unsigned> Wanted = Snippet.points(), Found = offsets(Snippet);
  llvm::sort(Found);
  for (unsigned Point : Wanted)
    EXPECT_TRUE(llvm::is_contained(Found, Point)) << Point;
  EXPECT_EQ(Found.size(), Wanted.size() + 1); // the cast, which is no call
}

TEST(Discarded, IsNotTheValueOfAStatementExpression) {
  MarkedSnippet Snippet("int g(int); void f() { int a = ({ ^g(1); g(2); }); }");
  EXPECT_EQ(offsets(Snippet), Snippet.points());
}

TEST(DiscardedResults, NeedAnOperandThatLivesOn) {
  EXPECT_EQ(found("m.relu();"), "relu m");
  EXPECT_EQ(found("p.relu(); r.exp();"), "relu p; exp r");
  EXPECT_EQ(found("Tensor x = p + 1; x.relu();"), "");
  EXPECT_EQ(found("Tensor x = p + 1; x.relu(); x.sum().item();"), "relu x*");
  EXPECT_EQ(found("Tensor x = p + 1; x.relu(); x = p; x.sum().item();"), "");
  EXPECT_EQ(found("m.select(0, 1).relu();"), "relu m indirect");
  EXPECT_EQ(found("(p + 1).relu();"), "relu p indirect");
}

TEST(DiscardedResults, AreOfOperationsWithoutSideEffects) {
  EXPECT_EQ(
      found("m.relu_(); m.backward(); m.item(); m.sizes(); m.grad(); torch::add_out(m, p, r);"),
      "");
  EXPECT_EQ(found("torch::zeros_like(m); m.new_zeros({2});"), "");
}

} // namespace
