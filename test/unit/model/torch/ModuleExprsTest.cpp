#include "model/torch/ModuleExprs.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(ModuleExprs, TellConstructionsNullsAndCopies) {
  auto Kind = [](llvm::StringRef Value) {
    MarkedSnippet Snippet(
        ("using namespace torch; nn::Linear a(1, 2); nn::Linear l = " + Value + "; ").str());
    const Expr *Init = Snippet.find<VarDecl>("l")->getInit();
    return isNullModule(Init) ? "null" : constructsModule(Init) ? "new" : "other";
  };
  EXPECT_STREQ(Kind("nullptr"), "null");
  EXPECT_STREQ(Kind("nn::Linear{nullptr}"), "null");
  EXPECT_STREQ(Kind("nn::Linear(1, 2)"), "new");
  EXPECT_STREQ(Kind("std::make_shared<nn::LinearImpl>(1, 2)"), "new");
  EXPECT_STREQ(Kind("nn::Linear(new nn::LinearImpl(1, 2))"), "new");
  EXPECT_STREQ(Kind("a"), "other");
}

TEST(ModuleExprs, RegistrationsAreLibTorchs) {
  MarkedSnippet Snippet(
      "using namespace torch; struct Other { void register_module(const char *, int); };"
      "struct Net : nn::Module { Net(Net &n, Other o) { ^register_buffer(\"b\", torch::ones(1));"
      " n.^register_module(\"m\", nn::Linear(1, 1)); o.^register_module(\"m\", 1); } };");
  std::string Text;
  for (const auto *Call : Snippet.all<CXXMemberCallExpr>()) {
    auto Site = asRegistration(Call);
    Text += !Site ? "-" : Site->isTensor() ? "t" : "m";
    Text += Site && Site->isOnThis() ? "this " : " ";
  }
  EXPECT_EQ(Text, "tthis m - ");
}

TEST(ModuleExprs, LeavesAreWhatAnExpressionMayBe) {
  MarkedSnippet Snippet("int a, b, c; void f(bool x) { int r = [[x ? a : (b, c)]]; }");
  std::string Text;
  for (const Expr *Leaf : valueLeaves(Snippet.within<Expr>()))
    Text += cast<DeclRefExpr>(Leaf)->getNameInfo().getAsString();
  EXPECT_EQ(Text, "ac");
}

} // namespace
