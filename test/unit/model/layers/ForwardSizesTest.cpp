// Sizes along the code that runs layers.
#include "model/layers/ForwardSizes.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "Linear 32<64" for each layer that is run on what it does not take.
std::string mismatches(llvm::StringRef Body) {
  MarkedSnippet Snippet(("using namespace torch; void f(Tensor x, bool b) { "
                         "nn::Linear a(4, 8), c(4, 2), any(nullptr); nn::Conv2d conv(3, 6, 1), "
                         "next(3, 6, 1); nn::LSTM lstm(4, 5);" +
                         Body + "}")
                            .str());
  ProjectIndex Index(Snippet.context());
  std::string Found;
  forEachSizeMismatch(
      Snippet.find<FunctionDecl>("f"), [&]() -> const ProjectIndex & { return Index; },
      Snippet.context(),
      [&](const SizeMismatch &M) {
        Found += (Found.empty() ? "" : " ") + M.Taker.Name.str() + " " +
                 std::to_string(*M.Taker.In) + "<" + std::to_string(M.Given);
      });
  return Found;
}

TEST(ForwardSizes, GoThroughExpressions) {
  EXPECT_EQ(mismatches("c(torch::relu(a(x)));"), "Linear 4<8");
  EXPECT_EQ(mismatches("c(x.reshape({-1, 3}));"), "Linear 4<3");
  EXPECT_EQ(mismatches("next(torch::max_pool2d(conv(x), 2));"), "Conv2d 3<6");
  EXPECT_EQ(mismatches("c(std::get<0>(lstm(x)));"), "Linear 4<5");
  EXPECT_EQ(mismatches("c(torch::cat({a(x), a(x)}, 1));"), "");
  EXPECT_EQ(mismatches("c(conv(x)); any(a(x));"), "");
}

TEST(ForwardSizes, GoThroughVariables) {
  EXPECT_EQ(mismatches("auto y = a(x); if (b) c(y);"), "Linear 4<8");
  EXPECT_EQ(mismatches("auto [out, state] = lstm(x); c(out);"), "Linear 4<5");
  EXPECT_EQ(mismatches("auto y = a(x); if (b) y = x; c(y);"), "");
  EXPECT_EQ(mismatches("auto y = a(x); y.resize_({4}); c(y);"), "");
  EXPECT_EQ(mismatches("auto y = a(x); auto late = [&] { y = x; }; late(); c(y);"), "");
  EXPECT_EQ(mismatches("Tensor y = y; c(y);"), "");
}

} // namespace
