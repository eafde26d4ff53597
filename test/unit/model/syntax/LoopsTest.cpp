#include "model/syntax/Loops.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(Loops, OfEveryKind) {
  MarkedSnippet Snippet("void g(); void f(int i) { int a[3]; for (; i < 3; ++i) { g(); } "
                        "for (int x : a) { g(); } while (i--) { g(); } do { g(); } while (i--); "
                        "if (i) { g(); } }");
  unsigned Loops = 0;
  for (const Stmt *S : cast<CompoundStmt>(Snippet.find<FunctionDecl>("f")->getBody())->body()) {
    if (!isLoop(S))
      continue;
    ++Loops;
    EXPECT_TRUE(isa<CompoundStmt>(loopBody(S))) << S->getStmtClassName();
  }
  EXPECT_EQ(Loops, 4u);
  EXPECT_FALSE(isLoop(nullptr));
}

} // namespace
