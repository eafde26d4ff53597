// The options that a layer is built with.
#include "model/layers/GivenOptions.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "3", "3 5", "?" for no constant, "-" where it is not given; with "+" where options may be
// missing.
std::string option(llvm::StringRef Construction, Layer L, llvm::StringRef Option) {
  MarkedSnippet Snippet(("using namespace torch; void use(int64_t n, nn::Conv2dOptions made) { "
                         "constexpr int width = 8; auto built = [[" +
                         Construction + "]]; }")
                            .str());
  GivenOptions Given(Snippet.within<Expr>(), L, Snippet.context());
  std::string Text;
  for (int64_t Number : Given.integers(Option))
    Text += (Text.empty() ? "" : " ") + std::to_string(Number);
  if (Text.empty())
    Text = Given.find(Option) ? "?" : "-";
  return Text + (Given.areAll() ? "" : "+");
}

TEST(GivenOptions, AreArgumentsAndSetters) {
  EXPECT_EQ(option("nn::Conv2d(3, width, 5)", Layer::Conv2d, "out_channels"), "8");
  EXPECT_EQ(option("nn::Conv2d(3, 8, 5)", Layer::Conv2d, "kernel_size"), "5");
  EXPECT_EQ(
      option("nn::Conv2d(nn::Conv2dOptions(3, 8, {5, 7}).groups(2))", Layer::Conv2d, "kernel_size"),
      "5 7");
  EXPECT_EQ(option("nn::Conv2d(nn::Conv2dOptions(3, 8, 5).groups(2))", Layer::Conv2d, "groups"),
            "2");
  EXPECT_EQ(option("std::make_shared<nn::LinearImpl>(3, 4)", Layer::Linear, "in_features"), "3");
  EXPECT_EQ(option("nn::Linear(nn::LinearOptions(n, 4))", Layer::Linear, "in_features"), "?");
  EXPECT_EQ(option("nn::Linear(3, 4)", Layer::Linear, "bias"), "-");
}

TEST(GivenOptions, AreThoseSetLast) {
  EXPECT_EQ(
      option("nn::Conv2d(nn::Conv2dOptions(3, 8, 5).groups(2).groups(1))", Layer::Conv2d, "groups"),
      "1");
  EXPECT_EQ(
      option("nn::Linear(nn::LinearOptions(3, 4).in_features(5))", Layer::Linear, "in_features"),
      "5");
}

TEST(GivenOptions, MayStandElsewhere) {
  EXPECT_EQ(option("nn::Conv2d(made)", Layer::Conv2d, "groups"), "-+");
  EXPECT_EQ(option("nn::Conv2d(nn::Conv2dOptions(made).groups(3))", Layer::Conv2d, "groups"), "3+");
}

TEST(GivenOptions, AreNumbers) {
  MarkedSnippet Snippet("auto made = [[torch::nn::Dropout(torch::nn::DropoutOptions(0.25))]];");
  GivenOptions Given(Snippet.within<Expr>(), Layer::Dropout, Snippet.context());
  EXPECT_EQ(Given.number("p"), 0.25);
  EXPECT_EQ(Given.integer("p"), std::nullopt);
}

} // namespace
