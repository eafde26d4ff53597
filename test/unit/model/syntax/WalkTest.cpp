#include "model/syntax/Walk.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The integers of f's body in the order of the walk.
std::string numbers(llvm::StringRef Body, LambdaBodies Lambdas = LambdaBodies::Enter) {
  MarkedSnippet Snippet(("void f(std::vector<int> v, int x = 9) {" + Body + "}").str());
  std::string Text;
  forEach<IntegerLiteral>(
      Snippet.find<FunctionDecl>("f")->getBody(),
      [&](const IntegerLiteral *Literal) {
        Text += llvm::toString(Literal->getValue(), 10, true) + " ";
      },
      Lambdas);
  return llvm::StringRef(Text).rtrim().str();
}

TEST(Walk, SeesWhatIsWritten) {
  EXPECT_EQ(numbers("int a = 1, b{2}; if (int c = 3; c > 4) a = 5; else b = 6;"), "1 2 3 4 5 6");
  EXPECT_EQ(numbers("for (int i : {1, 2}) { v[3] = i; }"), "1 2 3");
  EXPECT_EQ(numbers("try { v.at(1); } catch (...) { v[2]; }"), "1 2");
  EXPECT_EQ(numbers("std::vector<int> w{1, 2}; new int(3); f(v);"), "1 2 3");
  EXPECT_EQ(numbers("struct Local { int g() { return 1; } }; x = 2;"), "2");
}

TEST(Walk, EntersLambdasOnDemand) {
  llvm::StringRef Body =
      "auto g = [y = 1](int a) { return a + 2; }; auto h = [](auto a) { return a + "
      "3; }; g(4);";
  EXPECT_EQ(numbers(Body), "1 2 3 4");
  EXPECT_EQ(numbers(Body, LambdaBodies::Skip), "1 4");
}

TEST(Walk, Stops) {
  MarkedSnippet Snippet("void f(int x) { x = 1; x = 2; x = 3; }");
  const Stmt *Body = Snippet.find<FunctionDecl>("f")->getBody();
  unsigned Asked = 0;
  EXPECT_TRUE(anyDescendant<IntegerLiteral>(
      Body, [&](const IntegerLiteral *Literal) { return ++Asked && Literal->getValue() == 2; }));
  EXPECT_EQ(Asked, 2u);
  EXPECT_FALSE(anyDescendant<ReturnStmt>(Body, [](const ReturnStmt *) { return true; }));
  EXPECT_FALSE(anyDescendant<Stmt>(nullptr, [](const Stmt *) { return true; }));
}

TEST(Walk, Mentions) {
  MarkedSnippet Snippet(R"cpp(
    struct S { int ^m, $other^n; void f(S &s) { $outer[[s.m + $inner[[1]]]]; } };
  )cpp");
  const auto *Outer = Snippet.within<Expr>("outer");
  EXPECT_TRUE(mentions(Outer, Snippet.at<FieldDecl>()));
  EXPECT_FALSE(mentions(Outer, Snippet.at<FieldDecl>("other")));
  EXPECT_FALSE(mentions(Outer, nullptr));
  EXPECT_TRUE(contains(Outer, Snippet.within<Expr>("inner")));
  EXPECT_TRUE(contains(Outer, Outer));
  EXPECT_FALSE(contains(Snippet.within<Expr>("inner"), Outer));
  EXPECT_FALSE(contains(Outer, nullptr));
}

TEST(Walk, CodeOfAConstructor) {
  MarkedSnippet Snippet(
      "struct S { int a = 1, b, c; ^S() : b(2), c(3) { a = b; } void $no^f(); };");
  EXPECT_EQ(codeOf(Snippet.at<CXXConstructorDecl>()).size(), 3u);
  EXPECT_TRUE(codeOf(Snippet.at<CXXMethodDecl>("no")).empty());
}

TEST(Walk, WhatAFunctionReturns) {
  MarkedSnippet Snippet(
      "int ^f(bool b) { auto g = [] { return 3; }; if (b) return 1; return g(); } "
      "void $none^h() { return; } int $no^k();");
  EXPECT_EQ(returnsOf(Snippet.at<FunctionDecl>()).size(), 2u);
  EXPECT_TRUE(returnsOf(Snippet.at<FunctionDecl>("none")).empty());
  EXPECT_TRUE(returnsOf(Snippet.at<FunctionDecl>("no")).empty());
  EXPECT_TRUE(returnsOf(nullptr).empty());
}

} // namespace
