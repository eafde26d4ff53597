// What a layer that is built in view takes and gives.
#include "model/layers/BuiltLayers.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "Linear 3->4", "Conv2d 3->?", "ReLU", "-".
std::string layer(llvm::StringRef Construction) {
  MarkedSnippet Snippet(
      ("using namespace torch; void use(int64_t n) { constexpr int width = 8; auto made = [[" +
       Construction + "]]; }")
          .str());
  BuiltLayer Found = layerBuiltBy(Snippet.within<Expr>(), Snippet.context());
  if (!Found.Module)
    return "-";
  std::string Text = Found.Name.str();
  if (Found.Is == BuiltLayer::Kind::Linear || Found.Is == BuiltLayer::Kind::Embedding ||
      Found.Is == BuiltLayer::Kind::Recurrent || Found.Is == BuiltLayer::Kind::Convolution ||
      Found.Is == BuiltLayer::Kind::Norm)
    Text += " " + (Found.In ? std::to_string(*Found.In) : "?") + "->" +
            (Found.Out ? std::to_string(*Found.Out) : "?");
  return Text;
}

TEST(BuiltLayers, AreBuiltWithConstants) {
  EXPECT_EQ(layer("nn::Linear(3, 4)"), "Linear 3->4");
  EXPECT_EQ(layer("nn::Linear(nn::LinearOptions(3, width).bias(false))"), "Linear 3->8");
  EXPECT_EQ(layer("nn::Conv2d(nn::Conv2dOptions(3, 2 * width, 3).padding(1))"), "Conv2d 3->16");
  EXPECT_EQ(layer("nn::BatchNorm2d(16)"), "BatchNorm2d 16->16");
  EXPECT_EQ(layer("std::make_shared<nn::LinearImpl>(3, 4)"), "Linear 3->4");
  EXPECT_EQ(layer("nn::Linear(n, 4)"), "Linear ?->4");
  EXPECT_EQ(layer("nn::Linear(nn::LinearOptions(3, 4).in_features(5))"), "Linear 5->4");
  EXPECT_EQ(layer("nn::Embedding(100, 8)"), "Embedding ?->8");
  EXPECT_EQ(layer("nn::GRU(3, 4)"), "GRU 3->4");
  EXPECT_EQ(layer("nn::LSTM(nn::LSTMOptions(3, 4).bidirectional(true))"), "LSTM 3->8");
  EXPECT_EQ(layer("nn::LSTM(nn::LSTMOptions(3, 4).proj_size(2))"), "LSTM 3->?");
  EXPECT_EQ(layer("nn::ReLU()"), "ReLU");
  EXPECT_EQ(layer("n + 1"), "-");
}

} // namespace
