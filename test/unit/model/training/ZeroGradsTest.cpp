// Gradients that are never cleared, or before the step.
#include "model/training/ZeroGrads.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

unsigned count(llvm::StringRef Body, ZeroGradMistake::Kind Wanted) {
  MarkedSnippet Snippet(
      ("void f(torch::nn::Linear net, torch::nn::Linear other, torch::Tensor x, bool c) {"
       "torch::optim::SGD sgd(net->parameters(), 0.1); " +
       Body + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  unsigned Found = 0;
  forEachZeroGradMistake(
      Snippet.find<FunctionDecl>("f"), Graphs, [&]() -> const ProjectIndex & { return Index; },
      [&](const ZeroGradMistake &Each) { Found += Each.Is == Wanted; });
  return Found;
}

unsigned added(llvm::StringRef Body) { return count(Body, ZeroGradMistake::Never); }
unsigned lost(llvm::StringRef Body) { return count(Body, ZeroGradMistake::TooEarly); }

TEST(ZeroGrads, AddUpInRounds) {
  EXPECT_EQ(added("while (c) { net(x).mean().backward(); sgd.step(); }"), 1u);
  EXPECT_EQ(added("while (c) { sgd.step(); net(x).mean().backward(); }"), 1u);
  EXPECT_EQ(added("net(x).mean().backward(); sgd.step();"), 0u);
  EXPECT_EQ(added("net(x).mean().backward(); while (c) sgd.step();"), 0u);
  EXPECT_EQ(added("while (c) { net(x).mean().backward(); sgd.step(); return; }"), 0u);
  EXPECT_EQ(added("while (c) { net(x).mean().backward(); if (c) sgd.step(); }"), 0u);
}

TEST(ZeroGrads, MayBeClearedSomewhere) {
  EXPECT_EQ(added("while (c) { net(x).mean().backward(); sgd.step(); sgd.zero_grad(); }"), 0u);
  EXPECT_EQ(added("x.grad(); while (c) { net(x).mean().backward(); sgd.step(); }"), 0u);
  EXPECT_EQ(added("sgd.zero_grad(); while (c) { net(x).mean().backward(); sgd.step(); }"), 1u);
  EXPECT_EQ(added("auto clear = [&] { sgd.zero_grad(); };"
                  "while (c) { net(x).mean().backward(); sgd.step(); clear(); }"),
            0u);
}

TEST(ZeroGrads, AreOfTheOptimizersModel) {
  EXPECT_EQ(added("while (c) { other(x).mean().backward(); sgd.step(); }"), 0u);
  EXPECT_EQ(added("while (c) { x.mean().backward(); sgd.step(); }"), 0u);
  EXPECT_EQ(added("while (c) { other(net(x)).mean().backward(); sgd.step(); }"), 1u);
}

TEST(ZeroGrads, AreLostBeforeTheStep) {
  EXPECT_EQ(lost("auto l = net(x).mean(); l.backward(); sgd.zero_grad(); sgd.step();"), 1u);
  EXPECT_EQ(lost("while (c) { net(x).mean().backward(); sgd.zero_grad(); sgd.step(); }"), 1u);
  EXPECT_EQ(lost("auto l = net(x).mean(); l.backward(); if (c) sgd.zero_grad(); sgd.step();"), 0u);
  EXPECT_EQ(lost("sgd.zero_grad(); net(x).mean().backward(); sgd.step();"), 0u);
  EXPECT_EQ(lost("while (c) { net(x).mean().backward(); sgd.step(); sgd.zero_grad(); }"), 0u);
  EXPECT_EQ(
      lost("auto l = net(x).mean(); l.backward(); sgd.zero_grad(); x.mutable_grad(); sgd.step();"),
      0u);
  EXPECT_EQ(lost("auto l = net(x).mean(); l.backward(); net->zero_grad(); sgd.step();"), 0u);
}

} // namespace
