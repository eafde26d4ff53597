// Loops that are to carry weights over from one model to another.
#include "model/training/TargetUpdates.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool writesGradients(llvm::StringRef Name, llvm::StringRef Body) {
  MarkedSnippet Snippet(("void " + Name +
                         "(torch::nn::Linear a, torch::nn::Linear b) {"
                         " auto to = a->parameters(), from = b->parameters(); " +
                         Body + " }")
                            .str());
  bool Found = false;
  forEachGradientUpdate(Snippet.find<FunctionDecl>(Name),
                        [&](const TargetUpdate &) { Found = true; });
  return Found;
}

TEST(TargetUpdates, AreKnownByTheirNames) {
  EXPECT_TRUE(writesGradients("soft_update", "to[0].mutable_grad() = from[0].grad();"));
  EXPECT_TRUE(writesGradients("updateTarget", "to[0].grad().copy_(from[0].grad());"));
  EXPECT_FALSE(writesGradients("share", "to[0].mutable_grad() = from[0].grad();"));
  EXPECT_FALSE(writesGradients("target_grads", "to[0].mutable_grad() = from[0].grad();"));
}

TEST(TargetUpdates, ThatWriteWeightsAreRight) {
  EXPECT_FALSE(writesGradients("soft_update", "to[0].copy_(from[0]); to[0].grad().zero_();"));
  EXPECT_FALSE(writesGradients("soft_update", "to[0].set_data(from[0]);"));
  EXPECT_FALSE(writesGradients("soft_update", ""));
}

} // namespace
