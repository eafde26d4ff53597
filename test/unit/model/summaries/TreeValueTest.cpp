// Values and operators on them.
#include "model/summaries/TreeValue.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TreeValue apply(llvm::StringRef Op, TreeValue A, TreeValue B) { return applyOperator(Op, {A, B}); }
TreeValue whole(int64_t Number) { return TreeValue::integer(Number); }

TEST(TreeValue, Computes) {
  EXPECT_EQ(apply("+", whole(2), whole(3)).Number, 5);
  EXPECT_EQ(apply("/", whole(7), whole(2)).Number, 3);
  EXPECT_EQ(apply("/", realValue(7), whole(2)).Decimal, 3.5);
  EXPECT_EQ(apply("<", whole(1), whole(2)).Number, 1);
  EXPECT_EQ(applyOperator("int", {realValue(2.9)}).Number, 2);
  EXPECT_EQ(apply("max", whole(4), whole(3)).Number, 4);
}

TEST(TreeValue, KnowsNoNonsense) {
  EXPECT_EQ(apply("/", whole(1), whole(0)).Is, TreeValue::Unknown);
  EXPECT_EQ(apply("%", whole(INT64_MIN), whole(-1)).Is, TreeValue::Unknown);
  EXPECT_EQ(apply("*", whole(INT64_MAX), whole(2)).Is, TreeValue::Unknown);
  EXPECT_EQ(applyOperator("int", {realValue(1e300)}).Is, TreeValue::Unknown);
  EXPECT_EQ(applyOperator("what", {whole(1)}).Is, TreeValue::Unknown);
  EXPECT_EQ(applyOperator("+", {}).Is, TreeValue::Unknown);
}

TEST(TreeValue, KeepsWhatIsKnownOfText) {
  TreeValue V = apply("+", TreeValue::text("layer"), TreeValue::unknown("why"));
  EXPECT_EQ(V.Words, "layer…");
  EXPECT_FALSE(V.IsExact);
  EXPECT_EQ(apply("+", TreeValue::text("l"), whole(3)).Words, "l3");
}

TEST(TreeValue, SaysWhyItIsNotKnown) {
  EXPECT_EQ(reasonOf(apply("+", whole(1), TreeValue::unknown("why"))), "why");
  EXPECT_EQ(reasonOf(whole(1), "else"), "else");
}

TEST(TreeValue, IsTrueOrNot) {
  EXPECT_EQ(truthOf(whole(0)), false);
  EXPECT_EQ(truthOf(nullValue()), false);
  EXPECT_EQ(truthOf(TreeValue::unknown("")), std::nullopt);
}

} // namespace
