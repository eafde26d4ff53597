// Calls of backward() whose graph is freed or made with other weights.
#include "model/training/StaleGraphs.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string stale(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("void f(torch::nn::Linear net, torch::Tensor x, bool c) { torch::Tensor t = net(x); " +
       Body + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Found;
  forEachStaleGraph(
      Snippet.find<FunctionDecl>("f"), Graphs, [&]() -> const ProjectIndex & { return Index; },
      [&](const StaleGraph &Graph) {
        constexpr llvm::StringLiteral Kinds[] = {"freed", "again", "carried", "changed by "};
        Found += Kinds[Graph.Is].str() + nameOf(Graph.Optimizer).str() + ";";
      });
  return Found;
}

TEST(StaleGraphs, AreFreedByAnotherBackward) {
  EXPECT_EQ(stale("t.sum().backward(); t.mean().backward();"), "freed;");
  EXPECT_EQ(stale("t.sum().backward({}, true); t.mean().backward();"), "");
  EXPECT_EQ(stale("t.sum().backward({}, c); t.mean().backward();"), "");
  EXPECT_EQ(stale("t.sum().backward({}, false); t.mean().backward({}, true);"), "freed;");
  EXPECT_EQ(stale("if (c) t.sum().backward(); t.mean().backward();"), "");
  EXPECT_EQ(stale("t.sum().backward(); t = net(x); t.mean().backward();"), "");
}

TEST(StaleGraphs, AreFreedInTheRoundBefore) {
  EXPECT_EQ(stale("while (c) t.sum().backward();"), "again;");
  EXPECT_EQ(stale("while (c) { t.sum().backward(); break; }"), "");
  EXPECT_EQ(stale("while (c) { t = net(x); t.sum().backward(); }"), "");
  EXPECT_EQ(stale("while (c) { t = net(t); t.sum().backward(); }"), "carried;");
  EXPECT_EQ(stale("while (c) { t = net(t); if (c) t.sum().backward(); }"), "");
}

TEST(StaleGraphs, AreOfWeightsThatAnOptimizerHasChanged) {
  llvm::StringRef Made =
      "x = x.detach().requires_grad_(); torch::optim::SGD sgd(net->parameters(), 0.1);"
      "torch::nn::Linear other(4, 4); torch::optim::Adam adam(other->parameters(), 0.1);";
  EXPECT_EQ(stale((Made + "auto y = net(other(x)); sgd.step(); y.sum().backward();").str()),
            "changed by SGD;");
  EXPECT_EQ(stale((Made + "auto y = net(other(x)); y.sum().backward(); sgd.step();").str()), "");
  EXPECT_EQ(stale((Made + "auto y = net(other(x)); if (c) sgd.step(); y.sum().backward();").str()),
            "");
  EXPECT_EQ(stale((Made + "auto y = net(x.detach()); sgd.step(); y.sum().backward();").str()), "");
  EXPECT_EQ(
      stale((Made + "auto y = net(other(x)); sgd.step(); y = net(other(x)); y.sum().backward();")
                .str()),
      "");
}

} // namespace
