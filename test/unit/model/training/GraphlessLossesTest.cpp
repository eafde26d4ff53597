// Losses that certainly have no graph.
#include "model/training/GraphlessLosses.h"
#include "MarkedSnippet.h"
#include "model/syntax/Callee.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string graphless(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("void f(torch::nn::Linear net, torch::Tensor x, bool c) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Found;
  forEachGraphlessLoss(
      Snippet.find<FunctionDecl>("f"), Graphs, [&]() -> const ProjectIndex & { return Index; },
      [&](const GraphlessLoss &Each) { Found += nameOf(calleeOf(Each.Cut)).str() + ";"; });
  return Found;
}

TEST(GraphlessLosses, AreCutOff) {
  EXPECT_EQ(graphless("net(x).detach().sum().backward();"), "detach;");
  EXPECT_EQ(graphless("auto y = net(x).argmax(1); y = y * 2; y.sum().backward();"), "argmax;");
  EXPECT_EQ(graphless("net(x).gt(0).sum().backward();"), "gt;");
}

TEST(GraphlessLosses, MayHaveOne) {
  EXPECT_EQ(graphless("x.sum().backward();"), "");
  EXPECT_EQ(graphless("(x.detach() * net(x)).sum().backward();"), "");
  EXPECT_EQ(graphless("auto y = x.detach(); y.requires_grad_(); y.sum().backward();"), "");
  EXPECT_EQ(graphless("auto y = x.detach(); if (c) y = net(x); y.sum().backward();"), "");
  EXPECT_EQ(graphless("torch::ones({1}).backward();"), "");
  EXPECT_EQ(graphless("try { net(x).detach().sum().backward(); } catch (...) {}"), "");
  EXPECT_EQ(graphless("(x.detach() * torch::ones({1}, torch::requires_grad())).sum().backward();"),
            "");
}

} // namespace
