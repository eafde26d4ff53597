// Names that take up values with their graphs, round for round.
#include "model/training/RetainedGraphs.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string kept(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#include <vector>\nusing torch::Tensor; int main() { torch::nn::Linear net(4, 4);"
       " auto x = torch::ones({4}); auto t = x; std::vector<Tensor> v; int i = 0; " +
       Body + " }")
          .str());
  ProjectIndex Index(Snippet.context());
  static constexpr llvm::StringLiteral Kinds[] = {"sum ", "store ", "back "};
  std::string Found;
  forEachRetainedGraph(
      Snippet.find<FunctionDecl>("main"), Snippet.context(),
      [&]() -> const ProjectIndex & { return Index; },
      [&](const RetainedGraph &Graph) {
        Found += (Kinds[Graph.Is] + nameOf(Graph.Keeper) + ";").str();
      });
  return Found;
}

TEST(RetainedGraphs, AreTakenUpInLoops) {
  EXPECT_EQ(kept("while (i++ < 100) t += net(x);"), "sum t;");
  EXPECT_EQ(kept("while (i++ < 100) t = t + net(x);"), "sum t;");
  EXPECT_EQ(kept("while (i++ < 100) v.push_back(net(x));"), "store v;");
  EXPECT_EQ(kept("for (;;) t = net(t);"), "back t;");
  EXPECT_EQ(kept("t = net(t); v.push_back(t);"), "");
  EXPECT_EQ(kept("for (int j = 0; j < 4; ++j) t += net(x);"), "");
}

TEST(RetainedGraphs, EndWithTheRoundOrTheGraph) {
  EXPECT_EQ(kept("while (i++ < 100) { v.push_back(net(x)); v.clear(); }"), "");
  EXPECT_EQ(kept("while (i++ < 100) { t += net(x); t = x; }"), "");
  EXPECT_EQ(kept("while (i++ < 100) { Tensor s = x; s += net(x); }"), "");
  EXPECT_EQ(kept("while (i++ < 100) t += net(x).detach();"), "");
  EXPECT_EQ(kept("torch::NoGradGuard g; while (i++ < 100) t += net(x);"), "");
  EXPECT_EQ(kept("while (i++ < 100) t += net(x); t.backward();"), "");
}

} // namespace
