#include "model/syntax/Initialisers.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"
#include "model/syntax/Places.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What x at the mark leads to: the name it ends at, or "call".
std::string end(llvm::StringRef Code) {
  MarkedSnippet Snippet(Code);
  const Expr *Found = followInitialiser(Snippet.at<DeclRefExpr>());
  return isa<CallExpr>(Found) ? "call" : nameOf(namedDecl(Found)).str();
}

TEST(Initialisers, LeadToTheFirstThatIsNoName) {
  EXPECT_EQ(end("int g(); void f() { int a = g(); auto b = a; auto &c = b; ^c; }"), "call");
  EXPECT_EQ(end("struct S { int m; }; void f(S s) { auto &a = s.m; auto b = a; ^b; }"), "m");
  EXPECT_EQ(end("void f(int p = 1) { auto a = p; ^a; }"), "p");
  EXPECT_EQ(end("void f() { int a; ^a; }"), "a");
}

TEST(Initialisers, ThatLeadToThemselvesEnd) {
  EXPECT_EQ(end("void f() { torch::Tensor w = w; ^w; }"), "w");
  EXPECT_EQ(end("void f() { torch::Tensor &w = w; ^w; }"), "w");
  // Two names of each other end somewhere.
  EXPECT_NE(
      end("extern torch::Tensor b; torch::Tensor a = b; torch::Tensor b = a; void f() { ^a; }"),
      "call");
}

TEST(Initialisers, MayBeRefused) {
  MarkedSnippet Snippet("void f(int p) { int $a^a = p; int b = a; ^b; }");
  const auto *Kept = Snippet.at<VarDecl>("a");
  const Expr *Found = followInitialiser(Snippet.at<DeclRefExpr>(), [&](const VarDecl *Variable) {
    return Variable == Kept ? nullptr : initialiserOf(Variable);
  });
  EXPECT_EQ(namedDecl(Found), Kept);
  EXPECT_EQ(initialiserOf(static_cast<const Expr *>(nullptr)), nullptr);
  EXPECT_EQ(initialiserOf(static_cast<const VarDecl *>(nullptr)), nullptr);
}

} // namespace
