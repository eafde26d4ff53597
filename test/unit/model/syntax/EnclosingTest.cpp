#include "model/syntax/Enclosing.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(Enclosing, NearestOfAKind) {
  MarkedSnippet Snippet(R"cpp(
    void f(int x) { $outer^if (x) { $inner^if (x > 1) { while (x) { $here[[x = 1]]; } } } }
  )cpp");
  const auto *Here = Snippet.within<Expr>("here");
  EXPECT_EQ(enclosing<IfStmt>(Here, Snippet.context()), Snippet.at<IfStmt>("inner"));
  EXPECT_EQ(enclosing<IfStmt>(Snippet.at<IfStmt>("inner"), Snippet.context()),
            Snippet.at<IfStmt>("outer"));
  EXPECT_EQ(enclosing<ForStmt>(Here, Snippet.context()), nullptr);
  EXPECT_TRUE(isa<CompoundStmt>(parentStmt(Here, Snippet.context())));
}

TEST(Enclosing, ParentOfAnInitialiserIsItsDeclaration) {
  MarkedSnippet Snippet("void f(int x) { int y = [[x + 1]]; }");
  EXPECT_TRUE(isa<DeclStmt>(parentStmt(Snippet.within<Expr>(), Snippet.context())));
  EXPECT_EQ(parentStmt(Snippet.find<FunctionDecl>("f")->getBody(), Snippet.context()), nullptr);
}

TEST(Enclosing, FunctionsAndLambdas) {
  MarkedSnippet Snippet(R"cpp(
    struct Net { void f(int x) {
      auto g = [y = $capture[[x + 1]]](int a) { return $body[[a + 2]]; };
      auto h = [](auto a) { return [=] { return a; }(); }; h(1);
      struct Local { void $method^k() {} };
    } };
  )cpp");
  ASTContext &Context = Snippet.context();
  const auto *F = Snippet.find<FunctionDecl>("Net::f");
  const auto *Body = Snippet.within<Expr>("body"), *Capture = Snippet.within<Expr>("capture");
  EXPECT_EQ(innermostFunction(Capture, Context), F);
  const FunctionDecl *Lambda = innermostFunction(Body, Context);
  ASSERT_TRUE(isLambdaBody(Lambda));
  EXPECT_FALSE(isLambdaBody(F));
  EXPECT_EQ(functionAround(Body, Context), F);
  EXPECT_EQ(outOfLambda(Lambda), F);
  EXPECT_EQ(outOfLambda(F), F);
  EXPECT_EQ(outOfLambda(nullptr), nullptr);
  EXPECT_EQ(nameOf(enclosingClass(Lambda)), "Net");
  EXPECT_EQ(nameOf(enclosingClass(F)), "Net");
  EXPECT_EQ(nameOf(enclosingClass(Snippet.at<CXXMethodDecl>("method"))), "Net");
  EXPECT_EQ(enclosingClass(nullptr), nullptr);
}

TEST(Enclosing, RangeLoop) {
  MarkedSnippet Snippet(R"cpp(
    void f(std::vector<int> v) { $loop^for (int $variable^x : v) { int $inside^y = x; } }
  )cpp");
  EXPECT_EQ(rangeLoopOf(Snippet.at<VarDecl>("variable"), Snippet.context()),
            Snippet.at<CXXForRangeStmt>("loop"));
  EXPECT_EQ(rangeLoopOf(Snippet.at<VarDecl>("inside"), Snippet.context()), nullptr);
}

TEST(Enclosing, Templates) {
  MarkedSnippet Snippet("template <typename T> struct S { void $pattern^f() {} };"
                        "struct P { void $plain^f() {} };");
  EXPECT_TRUE(isDependent(Snippet.at<CXXMethodDecl>("pattern")));
  EXPECT_FALSE(isDependent(Snippet.at<CXXMethodDecl>("plain")));
}

TEST(Enclosing, LoopAround) {
  MarkedSnippet Snippet(R"cpp(
    void g();
    void f(bool b) {
      for (;;) $loop^while (b) { if (b) $inside^g(); [] { $lambda^g(); }(); }
      $outside^g();
    }
  )cpp");
  EXPECT_EQ(loopAround(Snippet.at<CallExpr>("inside"), Snippet.context()),
            Snippet.at<WhileStmt>("loop"));
  EXPECT_EQ(loopAround(Snippet.at<CallExpr>("lambda"), Snippet.context()), nullptr);
  EXPECT_EQ(loopAround(Snippet.at<CallExpr>("outside"), Snippet.context()), nullptr);
}

} // namespace
