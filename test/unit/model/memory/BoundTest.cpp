// Which expressions of a body are bound to something that may outlive their statement.
#include "model/memory/Bound.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// How many calls of `make` in the body are visited.
unsigned boundCalls(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("int *make(); int *kept; struct S { int *p; }; void use(int *); int *f(S &s, bool b) { " +
       Body + " return nullptr; }")
          .str());
  unsigned Count = 0;
  forEachBound(
      Snippet.find<FunctionDecl>("f"), [](QualType Type) { return Type->isPointerType(); },
      [&](const Expr *E, const FunctionDecl *) { Count += isa<CallExpr>(E); });
  return Count;
}

TEST(Bound, IsWhatIsKept) {
  EXPECT_EQ(boundCalls("int *p = make(); use(p);"), 1u);
  EXPECT_EQ(boundCalls("kept = make();"), 1u);
  EXPECT_EQ(boundCalls("s.p = b ? make() : make();"), 2u);
  EXPECT_EQ(boundCalls("return make();"), 1u);
  EXPECT_EQ(boundCalls("auto g = [] { int *p = make(); use(p); }; g();"), 1u);
}

TEST(Bound, IsNoArgument) {
  EXPECT_EQ(boundCalls("use(make());"), 0u);
  EXPECT_EQ(boundCalls("make();"), 0u);
  EXPECT_EQ(boundCalls("int n = *make(); use(&n);"), 0u);
}

} // namespace
