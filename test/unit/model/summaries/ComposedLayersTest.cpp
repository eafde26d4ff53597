// Layers that build others; the driver's tests compare them with LibTorch itself.
#include "KeysOfSnippet.h"

using torchtidy::test::keysOfBody;

namespace {

TEST(ComposedLayers, RepeatLayers) {
  EXPECT_EQ(keysOfBody("register_module(\"e\", nn::TransformerEncoder(nn::TransformerEncoderLayer("
                       "nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8)), 1));"),
            "e.layers.0.self_attn.in_proj_weight[12,4] e.layers.0.self_attn.in_proj_bias[12] "
            "e.layers.0.self_attn.out_proj.weight[4,4] e.layers.0.self_attn.out_proj.bias[4] "
            "e.layers.0.linear1.weight[8,4] e.layers.0.linear1.bias[8] "
            "e.layers.0.linear2.weight[4,8] e.layers.0.linear2.bias[4] "
            "e.layers.0.norm1.weight[4] e.layers.0.norm1.bias[4] e.layers.0.norm2.weight[4] "
            "e.layers.0.norm2.bias[4]");
  EXPECT_EQ(keysOfBody("register_module(\"e\", nn::TransformerEncoder("
                       "nn::TransformerEncoderOptions(nn::TransformerEncoderLayerOptions(4, 2), n)"
                       ".norm(nn::AnyModule(nn::PReLU()))));",
                       "", "int n"),
            "e.layers.…{the constructor's parameter 'n' is not given} e.norm.weight[1]");
}

TEST(ComposedLayers, HaveClusters) {
  EXPECT_EQ(keysOfBody("register_module(\"a\", nn::AdaptiveLogSoftmaxWithLoss("
                       "nn::AdaptiveLogSoftmaxWithLossOptions(16, 20, {5, 10})));"),
            "a.head.weight[7,16] a.tail.0.0.weight[4,16] a.tail.0.1.weight[5,4] "
            "a.tail.1.0.weight[1,16] a.tail.1.1.weight[10,1]");
}

} // namespace
