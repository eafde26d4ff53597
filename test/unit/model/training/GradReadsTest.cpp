// Gradients that are asked of tensors that have none.
#include "model/training/GradReads.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string reads(llvm::StringRef Body) {
  MarkedSnippet Snippet(("void f(torch::nn::Linear net, torch::Tensor x) { " + Body + " }").str());
  ProjectIndex Index(Snippet.context());
  std::string Found;
  forEachNonLeafGrad(
      Snippet.find<FunctionDecl>("f"), Snippet.context(),
      [&]() -> const ProjectIndex & { return Index; },
      [&](const GradRead &Read) {
        Found += nameOf(Read.Tensor).str() + (Read.HidesLeaf ? " hidden;" : ";");
      });
  return Found;
}

TEST(GradReads, AreOfResults) {
  EXPECT_EQ(reads("auto y = net(x); y.sum().backward(); y.grad();"), "y;");
  EXPECT_EQ(reads("auto y = torch::ones({1}).requires_grad_().view({1, 1}); y.backward();"
                  " y.mutable_grad();"),
            "y hidden;");
  EXPECT_EQ(reads("auto y = torch::ones({1}).requires_grad_(); y.backward(); y.grad();"), "");
  EXPECT_EQ(reads("x.sum().backward(); x.grad();"), "");
}

TEST(GradReads, NeedABackwardAndNoRetainGrad) {
  EXPECT_EQ(reads("auto y = net(x); y.grad();"), "");
  EXPECT_EQ(reads("auto y = net(x); y.retain_grad(); y.sum().backward(); y.grad();"), "");
  EXPECT_EQ(reads("auto y = net(x); y = x; y.sum().backward(); y.grad();"), "");
}

} // namespace
