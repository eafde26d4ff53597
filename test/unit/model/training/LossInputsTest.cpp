// Losses that are given other scores than they work on.
#include "model/training/LossInputs.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string mistakes(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("void f(torch::nn::Linear fc, torch::Tensor x, torch::Tensor y) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  ScoreKinds Kinds(Graphs, Index, Regs);
  std::string Found;
  forEachLossInput(
      Snippet.find<FunctionDecl>("f"), [&]() -> ScoreKinds & { return Kinds; },
      [&]() -> const ProjectIndex & { return Index; },
      [&](const LossInput &Each) {
        constexpr llvm::StringLiteral Kinds[] = {"twice;", "no logarithms;", "unbounded;",
                                                 "outside;"};
        Found += Kinds[Each.Is];
      });
  return Found;
}

TEST(LossInputs, AreOfEachLoss) {
  EXPECT_EQ(mistakes("torch::cross_entropy_loss(x.softmax(1), y);"), "twice;");
  EXPECT_EQ(mistakes("torch::binary_cross_entropy_with_logits(x.sigmoid(), y);"), "twice;");
  EXPECT_EQ(mistakes("torch::nll_loss(x.softmax(1), y);"), "no logarithms;");
  EXPECT_EQ(mistakes("torch::kl_div(x.softmax(1), y);"), "no logarithms;");
  EXPECT_EQ(mistakes("torch::nll_loss(fc(x), y);"), "unbounded;");
  EXPECT_EQ(mistakes("torch::binary_cross_entropy(fc(x), y);"), "outside;");
}

TEST(LossInputs, AreRight) {
  EXPECT_EQ(mistakes("torch::cross_entropy_loss(fc(x), y);"), "");
  EXPECT_EQ(mistakes("torch::nll_loss(x.log_softmax(1), y);"), "");
  EXPECT_EQ(mistakes("torch::mse_loss(x.softmax(1), y);"), "");
}

} // namespace
