#include "model/paths/FunctionPaths.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool never(const Stmt *) { return false; }

auto is(const Stmt *Wanted) {
  return [Wanted](const Stmt *S) { return S == Wanted; };
}

TEST(FunctionPaths, FindWhatComesAfter) {
  MarkedSnippet Snippet("void a(); void b(); void c();"
                        "void f(int n) { $a^a(); if (n) { $c^c(); return; } $b^b(); }");
  ControlFlowGraphs Graphs(Snippet.context());
  const FunctionPaths *Paths = Graphs.of(Snippet.find<FunctionDecl>("f"));
  ASSERT_TRUE(Paths);
  const Stmt *A = Snippet.at<CallExpr>("a"), *B = Snippet.at<CallExpr>("b"),
             *C = Snippet.at<CallExpr>("c");
  EXPECT_EQ(Paths->findAfter(A, is(B), never), B);
  EXPECT_EQ(Paths->findAfter(C, is(B), never), nullptr);
  EXPECT_EQ(Paths->findAfter(B, is(A), never), nullptr);
  EXPECT_TRUE(Paths->exitAfter(A, is(B)).Reached); // by the return
  EXPECT_TRUE(isa<ReturnStmt>(Paths->exitAfter(A, is(B)).Return));
  EXPECT_FALSE(Paths->exitAfter(B, is(B)).Return);
}

TEST(FunctionPaths, ThrowsDoNotLeave) {
  MarkedSnippet Snippet("void a(); void f() { $a^a(); throw 1; }");
  ControlFlowGraphs Graphs(Snippet.context());
  const FunctionPaths *Paths = Graphs.of(Snippet.find<FunctionDecl>("f"));
  EXPECT_FALSE(Paths->exitAfter(Snippet.at<CallExpr>("a"), never).Reached);
}

TEST(FunctionPaths, FunctionsThatAlwaysThrowDoNotLeave) {
  MarkedSnippet Snippet("void a(); void fail(int n) { if (n) a(); throw n; }"
                        "void maybe(int n) { if (n) return; throw n; }"
                        "void f() { $a^a(); fail(1); } void g() { $b^a(); maybe(1); }");
  ControlFlowGraphs Graphs(Snippet.context());
  EXPECT_FALSE(Graphs.of(Snippet.find<FunctionDecl>("f"))
                   ->exitAfter(Snippet.at<CallExpr>("a"), never)
                   .Reached);
  EXPECT_TRUE(Graphs.of(Snippet.find<FunctionDecl>("g"))
                  ->exitAfter(Snippet.at<CallExpr>("b"), never)
                  .Reached);
}

TEST(ControlFlowGraphs, BuildEachGraphOnce) {
  MarkedSnippet Snippet("void f(); void f() {} void g();");
  ControlFlowGraphs Graphs(Snippet.context());
  const auto *Declared = Snippet.find<FunctionDecl>("f");
  EXPECT_TRUE(Graphs.of(Declared));
  EXPECT_EQ(Graphs.of(Declared), Graphs.of(Declared->getDefinition()));
  EXPECT_EQ(Graphs.of(Snippet.find<FunctionDecl>("g")), nullptr);
  EXPECT_EQ(Graphs.of(nullptr), nullptr);
}

TEST(ControlFlowGraphs, HoldInitialisers) {
  MarkedSnippet Snippet("int a(); struct S { int x, y = $d^a(); S() : x($x^a()) {} };");
  ControlFlowGraphs Graphs(Snippet.context());
  const CXXConstructorDecl *Constructor = *Snippet.find<CXXRecordDecl>("S")->ctor_begin();
  const FunctionPaths *Paths = Graphs.of(Constructor);
  EXPECT_TRUE(Paths->placeOf(Snippet.at<CallExpr>("x")));
  EXPECT_TRUE(Paths->placeOf(Snippet.at<CallExpr>("d")));
  EXPECT_FALSE(Paths->placeOf(Constructor->getBody()));
}

} // namespace
