// Whether a tensor may be changed under the name of a local.
#include "model/torch/TensorChanges.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool changes(llvm::StringRef Body) {
  MarkedSnippet Snippet(("void use(torch::Tensor); void f(torch::nn::Linear net, torch::Tensor y) {"
                         "torch::Tensor x = net(y); " +
                         Body + " }")
                            .str());
  const auto *Code = cast<CompoundStmt>(Snippet.find<FunctionDecl>("f")->getBody());
  const auto *X = cast<VarDecl>(cast<DeclStmt>(Code->body_front())->getSingleDecl());
  return mayChangeInPlace(X, Snippet.context());
}

TEST(TensorChanges, AreInPlace) {
  EXPECT_TRUE(changes("x.relu_();"));
  EXPECT_TRUE(changes("x += y;"));
  EXPECT_TRUE(changes("x[0] = y;"));
  EXPECT_TRUE(changes("x.view(-1).relu_();"));
  EXPECT_TRUE(changes("torch::relu_(x);"));
}

TEST(TensorChanges, MayComeThroughOthers) {
  EXPECT_TRUE(changes("use(x);"));
  EXPECT_TRUE(changes("auto z = x;"));
  EXPECT_TRUE(changes("auto z = x.view(-1);"));
  EXPECT_TRUE(changes("auto *z = &x;"));
  EXPECT_TRUE(changes("torch::nn::ReLU relu; relu(x);")); // with inplace, perhaps
}

TEST(TensorChanges, AreNotReads) {
  EXPECT_FALSE(changes("auto z = x.relu(); auto w = (x + y).sum();"));
  EXPECT_FALSE(changes("x = x.view(-1); x = net(x);"));
  EXPECT_FALSE(changes("torch::nn::ReLU relu; x = relu(x);"));
  EXPECT_FALSE(changes("float z = x.view(-1).sum().item<float>(); auto n = x.size(0);"));
  EXPECT_FALSE(changes("auto z = torch::mse_loss(x, y); z.backward();"));
}

} // namespace
