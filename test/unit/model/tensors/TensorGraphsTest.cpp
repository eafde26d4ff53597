// Whether a tensor has an autograd history.
#include "model/tensors/TensorGraphs.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Whether the marked value in forward may have one; `state` is the member that takes it.
bool hasGraph(llvm::StringRef Value, llvm::StringRef Before = "") {
  MarkedSnippet Snippet(
      ("using namespace torch; Tensor elsewhere(); struct Net : nn::Module { nn::Linear "
       "fc{nullptr}; Tensor state, plain, weight, buffer; "
       "Net() { fc = register_module(\"fc\", nn::Linear(1, 1)); weight = register_parameter(\"w\", "
       "torch::ones(1)); buffer = register_buffer(\"b\", torch::ones(1)); } "
       "Tensor helper(Tensor own) { auto $own^result = own; return result; } "
       "Tensor forward(Tensor x, bool b) { " +
       Before + " state = [[" + Value + "]]; return helper(torch::zeros(1)); } };")
          .str());
  TorchFacts Facts(Snippet.context());
  return mayHaveGraph(Snippet.within<Expr>(), Snippet.find<FieldDecl>("Net::state"),
                      Facts.modules());
}

TEST(TensorGraphs, ComeFromInputsParametersAndModules) {
  EXPECT_TRUE(hasGraph("x"));
  EXPECT_TRUE(hasGraph("x * 2"));
  EXPECT_TRUE(hasGraph("fc(buffer)"));
  EXPECT_TRUE(hasGraph("fc->forward(buffer)"));
  EXPECT_TRUE(hasGraph("weight"));
  EXPECT_TRUE(hasGraph("plain"));
  EXPECT_TRUE(hasGraph("elsewhere()"));
  EXPECT_TRUE(hasGraph("torch::cat({buffer, x})"));
}

TEST(TensorGraphs, EndAtWhatCutsThem) {
  EXPECT_FALSE(hasGraph("x.detach()"));
  EXPECT_FALSE(hasGraph("x.detach() * 2"));
  EXPECT_FALSE(hasGraph("x > 0"));
  EXPECT_FALSE(hasGraph("x.argmax(1)"));
  EXPECT_FALSE(hasGraph("torch::zeros_like(x)"));
  EXPECT_FALSE(hasGraph("torch::full({1}, x.item<float>())"));
  EXPECT_TRUE(hasGraph("x.detach() * x"));
}

TEST(TensorGraphs, AreNoneOfBuffersAndWhatIsMadeOfThem) {
  EXPECT_FALSE(hasGraph("buffer"));
  EXPECT_FALSE(hasGraph("buffer * 2 + torch::ones(1)"));
  EXPECT_FALSE(hasGraph("state * 0.9")); // its own earlier value decides nothing
  EXPECT_TRUE(hasGraph("state * 0.9 + x"));
}

TEST(TensorGraphs, AreFollowedThroughLocalsAndChoices) {
  EXPECT_FALSE(hasGraph("t", "auto t = x.detach();"));
  EXPECT_TRUE(hasGraph("t", "auto t = x.detach(); t = t + x;"));
  EXPECT_TRUE(hasGraph("b ? x : buffer"));
  EXPECT_FALSE(hasGraph("b ? x.detach() : buffer"));
  EXPECT_FALSE(hasGraph("t", "Tensor t = t;")); // nothing gives it one
}

TEST(TensorGraphs, AreAskedForWhereATensorIsMade) {
  MarkedSnippet Snippet(
      "void f(torch::Tensor t) { t = $yes[[torch::ones({1}, torch::requires_grad())]]; t = "
      "$set[[torch::ones({1}).set_requires_grad(true)]]; "
      "t = $no[[torch::ones({1}, torch::requires_grad(false))]]; t = $plain[[torch::ones({1})]]; "
      "}");
  auto Asks = [&](llvm::StringRef Mark) {
    return asksForGrad(Snippet.within<Expr>(Mark), Snippet.context());
  };
  EXPECT_TRUE(Asks("yes"));
  EXPECT_TRUE(Asks("set"));
  EXPECT_FALSE(Asks("no"));
  EXPECT_FALSE(Asks("plain"));
}

} // namespace
