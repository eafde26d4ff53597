#include "model/syntax/Callee.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(Callee, NameOfEveryKindOfCall) {
  MarkedSnippet Snippet(R"cpp(
    void g(int);
    struct S { void h(); int operator*(); };
    void f(S s, void (*p)(int)) {
      $free[[g(1)]]; $member[[s.h()]]; $operator[[*s]]; $pointer[[p(1)]];
    }
  )cpp");
  EXPECT_EQ(calleeName(Snippet.within<Stmt>("free")), "g");
  EXPECT_EQ(calleeName(Snippet.within<Stmt>("member")), "h");
  EXPECT_EQ(calleeName(Snippet.within<Stmt>("operator")), "");
  EXPECT_EQ(calleeName(Snippet.within<Stmt>("pointer")), "");
  EXPECT_EQ(calleeName(nullptr), "");
  EXPECT_TRUE(calleeOf(Snippet.within<Stmt>("operator")));
  EXPECT_FALSE(calleeOf(Snippet.within<Stmt>("pointer")));
  EXPECT_TRUE(asOperator(Snippet.within<Stmt>("operator"), OO_Star));
  EXPECT_FALSE(asOperator(Snippet.within<Stmt>("operator"), OO_Call));
  EXPECT_FALSE(asOperator(Snippet.within<Stmt>("member"), OO_Star));
}

TEST(Callee, Object) {
  MarkedSnippet Snippet(R"cpp(
    struct B { void h(); int operator()(int); };
    bool operator==(B, B);
    struct S : B { void f(S s, S *p) { $derived[[s.h()]]; $pointer[[p->h()]]; $implied[[h()]];
      $operator[[s(1)]]; $free[[s == s]]; } };
  )cpp");
  EXPECT_EQ(cast<DeclRefExpr>(objectOf(Snippet.within<Stmt>("derived")))->getDecl()->getName(),
            "s");
  EXPECT_EQ(cast<DeclRefExpr>(objectOf(Snippet.within<Stmt>("pointer")))->getDecl()->getName(),
            "p");
  EXPECT_TRUE(isa<CXXThisExpr>(objectOf(Snippet.within<Stmt>("implied"))));
  EXPECT_TRUE(isa<DeclRefExpr>(objectOf(Snippet.within<Stmt>("operator"))));
  EXPECT_EQ(objectOf(Snippet.within<Stmt>("free")), nullptr);
}

TEST(Callee, BodiesInView) {
  MarkedSnippet Snippet("void declared(); void defined(); void defined() {}"
                        "void f() { auto g = $generic^[](auto x) { return x; }; g(1); g(1.0);"
                        " auto h = $plain^[] {}; }");
  EXPECT_FALSE(isVisible(Snippet.find<FunctionDecl>("declared")));
  const auto *Declaration = Snippet.find<FunctionDecl>("defined");
  ASSERT_TRUE(isVisible(Declaration));
  EXPECT_TRUE(visibleDefinition(Declaration)->isThisDeclarationADefinition());
  EXPECT_FALSE(isVisible(nullptr));
  EXPECT_EQ(lambdaBodies(Snippet.at<LambdaExpr>("generic")).size(), 2u);
  EXPECT_EQ(lambdaBodies(Snippet.at<LambdaExpr>("plain")).size(), 1u);
}

TEST(Callee, ArrowsOfHandles) {
  MarkedSnippet Snippet("void f(torch::nn::Linear net, std::vector<int> *list) {"
                        " $handle^net->forward({}); $pointer^list->clear(); }");
  auto Object = [&](llvm::StringRef Name) {
    const auto *Ref =
        dyn_cast<DeclRefExpr>(stripArrow(objectOf(Snippet.at<CXXMemberCallExpr>(Name))));
    return Ref ? Ref->getDecl()->getName() : "";
  };
  EXPECT_EQ(Object("handle"), "net");
  EXPECT_EQ(Object("pointer"), "list");
  EXPECT_EQ(stripArrow(nullptr), nullptr);
}

} // namespace
