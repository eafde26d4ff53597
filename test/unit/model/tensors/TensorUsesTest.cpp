// Where a tensor expression is used as a value, and how.
#include "model/tensors/TensorUses.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string uses(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; void use(Tensor x, Tensor y, Tensor *p) { " + Body + " }").str());
  static constexpr llvm::StringLiteral Kinds[] = {"init", "in place", "value"};
  std::string Text;
  forEachTensorUse(Snippet.find<FunctionDecl>("use"),
                   [&](const TensorUse &Use, const UseContext &) {
                     const auto *Ref = dyn_cast<DeclRefExpr>(Use.Operand);
                     Text += (Ref ? Ref->getDecl()->getName().str() : "…") + " " +
                             Kinds[static_cast<int>(Use.Kind)].str() + "; ";
                   });
  return llvm::StringRef(Text).rtrim(" ;").str();
}

TEST(TensorUses, AreOperationsInPlaceOrNot) {
  EXPECT_EQ(uses("x.clone();"), "x value");
  EXPECT_EQ(uses("x.mul_(2);"), "x in place");
  EXPECT_EQ(uses("p->zero_();"), "p in place");
  EXPECT_EQ(uses("x.add_(y);"), "x in place; y value");
  EXPECT_EQ(uses("x += y;"), "x in place; y value");
  EXPECT_EQ(uses("x + y;"), "x value; y value");
  EXPECT_EQ(uses("torch::add_out(x, y, y);"), "x in place; y value; y value");
  EXPECT_EQ(uses("torch::nn::init::zeros_(x);"), "x init");
}

TEST(TensorUses, AreAssignmentsOnlyThroughAView) {
  EXPECT_EQ(uses("x = y;"), "");
  EXPECT_EQ(uses("x[0] = y;"), "… in place; x value");
}

TEST(TensorUses, AreNotQuestionsThatAnUndefinedTensorAnswers) {
  EXPECT_EQ(uses("x.defined(); x.sizes(); x.dim(); x.requires_grad(); x.grad();"), "");
  EXPECT_EQ(uses("torch::linear(y, y, x);"), "y value; y value"); // x is the optional bias
}

} // namespace
