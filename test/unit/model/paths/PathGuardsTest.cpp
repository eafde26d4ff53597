#include "model/paths/PathGuards.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Is `b` known to be true where `use` is called?
bool holds(llvm::StringRef Body) {
  MarkedSnippet Snippet(("void use(); void f(bool b, bool c) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  auto Leaf = [](const Expr *E, bool Polarity) {
    const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts());
    return Polarity && Ref && Ref->getNameInfo().getAsString() == "b";
  };
  auto Written = [](const Stmt *S) {
    const auto *Binary = dyn_cast<BinaryOperator>(S);
    return Binary && Binary->isAssignmentOp() ? Effect::Destroys : Effect::None;
  };
  return PathGuards(Graphs)
      .holdsAt(Snippet.find<FunctionDecl>("f"), Snippet.at<CallExpr>(), Leaf, Written)
      .Holds;
}

TEST(PathGuards, HoldOnEveryPathOrNot) {
  for (llvm::StringRef Body : {"if (b) ^use();", "if (!b) return; ^use();", "if (c && b) ^use();",
                               "if (!b || c) ; else ^use();", "if (!b) throw 1; ^use();",
                               "while (!b) ; ^use();", "return; ^use();"})
    EXPECT_TRUE(holds(Body)) << Body.str();
  for (llvm::StringRef Body : {"^use();", "if (c) ^use();", "if (c || b) ^use();",
                               "if (b) c = true; ^use();", "if (b) { b = c; ^use(); }"})
    EXPECT_FALSE(holds(Body)) << Body.str();
}

TEST(PathKey, IsOneForOneObject) {
  MarkedSnippet Snippet("using namespace torch; void f(nn::Linear fc, nn::Linear other, Tensor t) {"
                        " auto &l = fc; t = [[fc->bias]]; t = $same[[fc.get()->bias]];"
                        " t = $alias[[l->bias]]; t = $other[[other->bias]]; t = $call[[fc(t)]]; }");
  std::string Key = pathKey(Snippet.within<Expr>());
  EXPECT_FALSE(Key.empty());
  EXPECT_EQ(pathKey(Snippet.within<Expr>("same")), Key);
  EXPECT_EQ(pathKey(Snippet.within<Expr>("alias")), Key);
  EXPECT_NE(pathKey(Snippet.within<Expr>("other")), Key);
  EXPECT_EQ(pathKey(Snippet.within<Expr>("call")), "");
}

TEST(PathGuards, ImpliedByAnIfAround) {
  auto IsUnder = [](llvm::StringRef Body) {
    MarkedSnippet Snippet(("void use(); void f(bool b, bool c) { " + Body + " }").str());
    auto IsB = [](const Expr *E, bool Polarity) {
      const auto *Name = dyn_cast<DeclRefExpr>(E);
      return Polarity && Name && Name->getDecl()->getName() == "b";
    };
    return isUnderIf(Snippet.at<CallExpr>(), IsB, Snippet.context());
  };
  EXPECT_TRUE(IsUnder("if (b) ^use();"));
  EXPECT_TRUE(IsUnder("if (c && b) { if (c) ^use(); }"));
  EXPECT_TRUE(IsUnder("if (!b) use(); else ^use();"));
  EXPECT_FALSE(IsUnder("if (b) use(); else ^use();"));
  EXPECT_FALSE(IsUnder("if (b) use(); ^use();"));
  EXPECT_FALSE(IsUnder("if (b) [] { ^use(); }();"));
}

} // namespace
