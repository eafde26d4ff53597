// Options as arguments, in a list, by name.
#include "model/summaries/LayerOptions.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(LayerOptions, StandAmongArgumentsOrInOptions) {
  ModuleNode Node;
  Node.Arguments = {TreeValue::integer(3), TreeValue::integer(4)};
  EXPECT_EQ(optionGiven(Node, Layer::Linear, "out_features")->Number, 4);
  EXPECT_FALSE(optionGiven(Node, Layer::Linear, "bias"));
  Node.Arguments = {listOf({TreeValue::integer(3), TreeValue::integer(5)})};
  EXPECT_EQ(optionGiven(Node, Layer::Linear, "out_features")->Number, 5);
  TreeValue Options;
  Options.Is = TreeValue::Options;
  Options.Named = std::make_shared<std::map<std::string, TreeValue>>();
  (*Options.Named)["bias"] = TreeValue::integer(0);
  Options.Positional = std::make_shared<std::vector<TreeValue>>(1, TreeValue::integer(7));
  Node.Arguments = {Options};
  EXPECT_EQ(optionGiven(Node, Layer::Linear, "bias")->Number, 0);
  EXPECT_EQ(optionGiven(Node, Layer::Linear, "in_features")->Number, 7);
  // Options made elsewhere may have any.
  Node.Arguments = {TreeValue::unknown("why")};
  EXPECT_EQ(optionGiven(Node, Layer::Linear, "bias")->Is, TreeValue::Unknown);
}

} // namespace
