// The table of what layers register; the driver's tests compare it with LibTorch itself.
#include "model/torch/LayerKeys.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

// "weight[4,3] bias[4]", with options given as "in_features=3".
std::string keys(Layer L, std::map<std::string, std::vector<std::optional<int64_t>>> Options) {
  LayerKeys Found = keysOf(L, [&](llvm::StringRef Name) {
    auto It = Options.find(Name.str());
    return It == Options.end() ? LayerOption{LayerOption::Default, {}, false}
                               : LayerOption{LayerOption::Given, It->second, false};
  });
  std::string Text;
  for (const LayerKey &Key : Found.Keys) {
    Text += (Text.empty() ? "" : " ") + Key.Name + "[";
    for (size_t I = 0; Key.Sizes && I < Key.Sizes->size(); ++I)
      Text += (I ? "," : "") + ((*Key.Sizes)[I] ? std::to_string(*(*Key.Sizes)[I]) : "?");
    Text += Key.Doubt.empty() ? "]" : "]{" + Key.Doubt + "}";
  }
  return Text + (Found.Unknown.empty() ? "" : "…");
}

TEST(LayerKeys, HaveShapes) {
  EXPECT_EQ(keys(Layer::Linear, {{"in_features", {3}}, {"out_features", {4}}}),
            "weight[4,3] bias[4]");
  EXPECT_EQ(keys(Layer::Linear, {{"in_features", {3}}, {"out_features", {4}}, {"bias", {0}}}),
            "weight[4,3]");
  EXPECT_EQ(keys(Layer::Conv2d, {{"in_channels", {4}},
                                 {"out_channels", {8}},
                                 {"kernel_size", {3}},
                                 {"groups", {2}},
                                 {"bias", {0}}}),
            "weight[8,2,3,3]");
  EXPECT_EQ(
      keys(Layer::Conv1d, {{"in_channels", {4}}, {"out_channels", {8}}, {"kernel_size", {5}}}),
      "weight[8,4,5] bias[8]");
  EXPECT_EQ(keys(Layer::LayerNorm, {{"normalized_shape", {2, 3}}}), "weight[2,3] bias[2,3]");
  EXPECT_EQ(
      keys(Layer::LSTM, {{"input_size", {3}},
                         {"hidden_size", {2}},
                         {"bias", {0}},
                         {"bidirectional", {1}},
                         {"num_layers", {2}}}),
      "weight_ih_l0[8,3] weight_ih_l0_reverse[8,3] weight_ih_l1[8,4] weight_ih_l1_reverse[8,4] "
      "weight_hh_l0[8,2] weight_hh_l0_reverse[8,2] weight_hh_l1[8,2] weight_hh_l1_reverse[8,2]");
  EXPECT_EQ(keys(Layer::ReLU, {}), "");
}

TEST(LayerKeys, SayWhatIsNotKnown) {
  EXPECT_EQ(
      keys(Layer::Linear,
           {{"in_features", {std::nullopt}}, {"out_features", {4}}, {"bias", {std::nullopt}}}),
      "weight[4,?] bias[4]{only if bias}");
  EXPECT_EQ(
      keys(Layer::GRU, {{"input_size", {3}}, {"hidden_size", {2}}, {"num_layers", {std::nullopt}}}),
      "…");
}

// A layer with parameters has its lines, or is one of those that build others.
TEST(LayerKeys, AreThereForEachLayerThatHasSome) {
  std::string Missing;
  for (unsigned I = 1;; ++I) {
    Layer L = Layer(I);
    if (L == Layer::Functional)
      break;
    if (!hasKnownKeys(L) && !isContainerLayer(L))
      Missing += infoOf(L).Name.str() + " ";
  }
  EXPECT_EQ(Missing, "");
}

TEST(LayerKeys, SayWhatIsABuffer) {
  EXPECT_TRUE(isBufferOfLayers("running_mean"));
  EXPECT_TRUE(isBufferOfLayers("num_batches_tracked"));
  EXPECT_FALSE(isBufferOfLayers("weight"));
  EXPECT_FALSE(isBufferOfLayers("forward"));
}

} // namespace
