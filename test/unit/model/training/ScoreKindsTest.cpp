// What a tensor's numbers are: scores, probabilities, logarithms.
#include "model/training/ScoreKinds.h"
#include "MarkedSnippet.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

Scores kindOf(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("struct NetImpl : torch::nn::Module { torch::Tensor forward(torch::Tensor x) { x = fc(x);"
       "return torch::sigmoid(x); } torch::nn::Linear fc{nullptr}; }; TORCH_MODULE(Net);"
       "torch::Tensor p(torch::Tensor x) { return x.softmax(1).view({-1}); }"
       "void f(torch::nn::Linear fc, Net net, torch::Tensor x, bool c) { " +
       Body + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  ScoreKinds Kinds(Graphs, Index, Regs);
  Scores Found = Scores::Unknown;
  forEach<CallExpr>(Snippet.find<FunctionDecl>("f")->getBody(), [&](const CallExpr *Call) {
    if (calleeName(Call) == "sum")
      Found = Kinds.of(argumentFor(Call, 0)).Is;
  });
  return Found;
}

TEST(ScoreKinds, AreOfTheLastStep) {
  EXPECT_EQ(kindOf("torch::sum(fc(x));"), Scores::Raw);
  EXPECT_EQ(kindOf("torch::sum(torch::softmax(fc(x), 1));"), Scores::Softmax);
  EXPECT_EQ(kindOf("torch::sum(x.sigmoid());"), Scores::Sigmoid);
  EXPECT_EQ(kindOf("torch::sum(x.sigmoid().log());"), Scores::Log);
  EXPECT_EQ(kindOf("torch::sum(torch::relu(fc(x)));"), Scores::Unknown);
  EXPECT_EQ(kindOf("torch::sum(x);"), Scores::Unknown);
}

TEST(ScoreKinds, GoThroughNamesAndFunctions) {
  EXPECT_EQ(kindOf("auto y = fc(x); y = y.squeeze(1); torch::sum(y);"), Scores::Raw);
  EXPECT_EQ(kindOf("torch::sum(net(x));"), Scores::Sigmoid);
  EXPECT_EQ(kindOf("torch::sum(p(x));"), Scores::Softmax);
  EXPECT_EQ(kindOf("auto y = fc(x); y *= 2; torch::sum(y);"), Scores::Unknown);
}

TEST(ScoreKinds, AgreeOnAllPaths) {
  EXPECT_EQ(kindOf("torch::sum(c ? fc(x) : fc(x));"), Scores::Raw);
  EXPECT_EQ(kindOf("auto y = fc(x); if (c) y = y.softmax(1); torch::sum(y);"), Scores::Unknown);
}

} // namespace
