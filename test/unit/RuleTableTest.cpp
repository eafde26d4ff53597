#include "RuleTable.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {
TEST(RuleTable, IsSortedAndFoundByBothNames) {
  ASSERT_FALSE(allRules().empty());
  for (size_t I = 1; I < allRules().size(); ++I)
    EXPECT_LT(allRules()[I - 1].Name, allRules()[I].Name);
  const RuleInfo *Rule = findRule("torch-null-module");
  ASSERT_TRUE(Rule);
  EXPECT_EQ(findRule("null-module"), Rule);
  EXPECT_EQ(Rule->Group, RuleGroup::Bug);
  EXPECT_TRUE(Rule->isOnByDefault());
  ASSERT_EQ(Rule->Options.size(), 1u);
  EXPECT_EQ(Rule->Options[0].Name, "AllowGuarded");
  EXPECT_TRUE(Rule->Page.starts_with("## What"));
  EXPECT_EQ(findRule("torch-nothing"), nullptr);
}
} // namespace
