// Options with which a layer throws.
#include "model/layers/LayerLimits.h"
#include "MarkedSnippet.h"
#include "model/torch/Types.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string broken(llvm::StringRef Construction) {
  MarkedSnippet Snippet(("using namespace torch; auto made = [[" + Construction + "]];").str());
  const auto *E = Snippet.within<Expr>();
  return brokenLimit(E, layerOf(moduleOf(E->getType())), Snippet.context());
}

TEST(LayerLimits, AreBrokenByNumbersThatAreTooSmall) {
  EXPECT_EQ(broken("nn::Linear(-1, 3)"), "in_features is -1 and has to be at least 1");
  EXPECT_EQ(broken("nn::GRU(nn::GRUOptions(3, 4).num_layers(0))"),
            "num_layers is 0 and has to be at least 1");
  EXPECT_EQ(broken("nn::Linear(3, 0)"), "");
}

TEST(LayerLimits, AreBrokenByParts) {
  EXPECT_EQ(broken("nn::MultiheadAttention(10, 3)"),
            "embed_dim is 10, which num_heads, 3, does not divide");
  EXPECT_EQ(broken("nn::GroupNorm(nn::GroupNormOptions(3, 10).affine(false))"), "");
}

TEST(LayerLimits, AreBrokenBetweenOptions) {
  EXPECT_EQ(broken("nn::AvgPool2d(nn::AvgPool2dOptions(2).padding(2))"),
            "padding is 2 and may be half of kernel_size, 2, at most");
  EXPECT_EQ(broken("nn::Upsample(nn::UpsampleOptions())"),
            "neither size nor scale_factor is given");
  EXPECT_EQ(broken("nn::Dropout(0.5)"), "");
}

} // namespace
