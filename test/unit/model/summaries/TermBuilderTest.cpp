// How expressions become terms.
#include "model/summaries/TermBuilder.h"
#include "MarkedSnippet.h"
#include "ParseSnippet.h"
#include "model/syntax/Enclosing.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

Term termOf(llvm::StringRef Expression, llvm::StringRef Before = "") {
  MarkedSnippet Snippet(
      ("using namespace torch; " + Before + " auto made = [[" + Expression + "]];").str());
  TermBuilder Builder(Snippet.context(), [](const FunctionDecl *) {}, [](const CXXRecordDecl *) {});
  return Builder.expression(Snippet.within<Expr>());
}

TEST(TermBuilder, FoldsConstants) {
  Term T = termOf("2 * width + 1", "constexpr int width = 4;");
  EXPECT_EQ(T.Is, TermKind::Integer);
  EXPECT_EQ(T.Number, 9);
  EXPECT_EQ(termOf("std::string(\"fc\")").Is, TermKind::Text);
  EXPECT_EQ(termOf("1.5").Is, TermKind::Real);
}

TEST(TermBuilder, KnowsLayersOptionsAndClasses) {
  Term T = termOf("nn::Linear(3, 4)");
  EXPECT_EQ(T.Is, TermKind::Layer);
  EXPECT_EQ(T.Text, "Linear");
  EXPECT_EQ(T.Parts.size(), 2u);
  EXPECT_EQ(termOf("nn::LinearOptions(3, 4).bias(false)").Is, TermKind::Set);
  EXPECT_EQ(termOf("std::make_shared<Net>()", "struct Net : nn::Module {};").Is, TermKind::Object);
  EXPECT_EQ(termOf("nn::Linear(nullptr)").Is, TermKind::Null);
}

TEST(TermBuilder, KnowsShapesOfTensors) {
  Term T = termOf("torch::zeros({2, 3}, torch::kDouble)");
  EXPECT_EQ(T.Is, TermKind::Tensor);
  EXPECT_EQ(T.Text, "float64");
  EXPECT_EQ(termOf("torch::randn({2}) * 0.1").Is, TermKind::Like);
}

TEST(TermBuilder, SaysWhatItDoesNotKnow) {
  Term T = termOf("std::strlen(\"x\") + std::rand()");
  EXPECT_EQ(T.Is, TermKind::Operator);
  EXPECT_EQ(termOf("std::rand()").Is, TermKind::Unknown);
  EXPECT_EQ(termOf("std::rand()").Text, "std::rand()");
}

TEST(TermBuilder, FindsTheSameUsrInEveryUnit) {
  auto One = test::parse("namespace a { struct Net : torch::nn::Module { Net(); }; }");
  auto Two = test::parse(
      "int before; namespace a { struct Net : torch::nn::Module { Net(); }; } a::Net::Net() {}");
  EXPECT_EQ(usrOf(test::find(*One, "a::Net")), usrOf(test::find(*Two, "a::Net")));
  EXPECT_NE(usrOf(test::find(*One, "a::Net")), "");
}

} // namespace
