// Which runs of models a value is computed from where it stands.
#include "model/training/GraphRuns.h"
#include "MarkedSnippet.h"
#include "model/syntax/SourceText.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The runs of what is marked, and what carries one over from the round before.
std::string runs(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("torch::Tensor loss_of(torch::nn::Linear net, torch::Tensor x) { return net(x).sum(); }"
       "void f(torch::nn::Linear a, torch::nn::Linear b, torch::Tensor x, bool c) { torch::Tensor "
       "t, u; " +
       Body + "; }")
          .str());
  const auto *Function = Snippet.find<FunctionDecl>("f");
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  GraphSources Sources(Index, Snippet.context());
  GraphRuns Runs(Function, *Graphs.of(Function), Index, Sources);
  GraphRuns::Graph Graph = Runs.of(Snippet.within<Expr>());
  std::string Text;
  for (const CallExpr *Run : Graph.Runs)
    Text += sourceText(Run, Snippet.context(), "?", 80) + ";";
  for (auto [Run, By] : Graph.CarriedOver)
    Text += " carried by " + By->getDecl()->getNameAsString();
  return Text;
}

TEST(GraphRuns, AreOfTheValueThatReaches) {
  EXPECT_EQ(runs("t = a(x); [[t]]"), "a(x);");
  EXPECT_EQ(runs("t = a(x); t = b(x); [[t.sum()]]"), "b(x);");
  EXPECT_EQ(runs("t = a(x); u = t * 2; t = b(x); [[u + t]]"), "a(x);b(x);");
  EXPECT_EQ(runs("auto y = b(a(x)); [[y]]"), "b(a(x));a(x);");
  EXPECT_EQ(runs("auto [p, q] = torch::max(a(x), 1); [[p]]"), "a(x);");
  EXPECT_EQ(runs("auto [p, q] = torch::max(a(x), 1); [[q]]"), "");
}

TEST(GraphRuns, AreThoseOfEveryPath) {
  EXPECT_EQ(runs("t = a(x); if (c) t = b(x); [[t]]"), "");
  EXPECT_EQ(runs("t = a(x); if (c) t = t.relu(); [[t]]"), "a(x);");
  EXPECT_EQ(runs("[[c ? a(x) : b(x)]]"), "");
  EXPECT_EQ(runs("if (c) x = a(x); [[x]]"), "");
}

TEST(GraphRuns, EndWhereTheGraphIsCut) {
  EXPECT_EQ(runs("t = a(x); [[t.detach()]]"), "");
  EXPECT_EQ(runs("t = a(x); t.detach_(); [[t]]"), "");
  EXPECT_EQ(runs("t = a(x); [[t.argmax(1)]]"), "");
  EXPECT_EQ(runs("t = a(x); [[t.to(torch::kLong)]]"), "");
  EXPECT_EQ(runs("t = a(x); [[t.to(torch::kDouble)]]"), "a(x);");
  EXPECT_EQ(runs("{ torch::NoGradGuard guard; t = a(x); } [[t]]"), "");
  EXPECT_EQ(runs("extern void cut(torch::Tensor &); t = a(x); cut(t); [[t]]"), "");
}

TEST(GraphRuns, AreOfFunctionsInView) {
  EXPECT_EQ(runs("[[loss_of(a, x)]]"), "loss_of(a, x);");
  EXPECT_EQ(runs("extern torch::Tensor far(torch::Tensor); [[far(a(x))]]"), "");
}

TEST(GraphRuns, AreCarriedOverByNames) {
  EXPECT_EQ(runs("t = x; while (c) { t = a(t); [[t]]; }"), "a(t); carried by t");
  EXPECT_EQ(runs("t = x; while (c) { t = a(t.detach()); [[t]]; }"), "a(t.detach());");
  EXPECT_EQ(runs("while (c) { t = a(x); u = t + 1; [[u]]; }"), "a(x);");
  EXPECT_EQ(runs("t = x; while (c) { if (c) t = x; t = a(t); [[t]]; }"), "a(t);");
}

} // namespace
