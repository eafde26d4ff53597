// Which values of a member outlive the call that stores them.
#include "model/tensors/DeadStores.h"
#include "MarkedSnippet.h"
#include "model/tensors/MemberWrites.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Does the first store of forward, or of what it calls, outlive the call?
bool outlives(llvm::StringRef Forward, llvm::StringRef Methods = "") {
  MarkedSnippet Snippet(("using namespace torch; struct Net : nn::Module { Tensor m; " + Methods +
                         " Tensor forward(Tensor x, bool b) { " + Forward + " } };")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  Reach Forwards = forwardReach(Snippet.find<CXXRecordDecl>("Net")->getDefinition());
  for (const auto &[Function, Call] : Forwards)
    for (const MemberWrite &Write : memberWrites(Function))
      return outlivesCall(Write.Where, Write.Field, Function, Forwards, Graphs);
  return false;
}

TEST(DeadStores, AreReplacedOnEveryWayOut) {
  EXPECT_FALSE(outlives("m = x; m = Tensor(); return x;"));
  EXPECT_FALSE(outlives("m = x; if (b) m = Tensor(); else m.reset(); return x;"));
  EXPECT_FALSE(outlives("m = x; drop(); return x;", "void drop() { m = Tensor(); }"));
}

TEST(DeadStores, AreNoneOnSomeWay) {
  EXPECT_TRUE(outlives("m = x; return x;"));
  EXPECT_TRUE(outlives("m = x; if (b) return x; m = Tensor(); return x;"));
  EXPECT_TRUE(outlives("m = x; m = m + 1; return x;")); // made of what it was
  EXPECT_TRUE(outlives("keep(x); return x;", "void keep(Tensor t) { m = t; }"));
}

} // namespace
