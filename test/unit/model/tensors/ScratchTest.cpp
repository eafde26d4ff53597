// Tensor members that each call writes before it reads them.
#include "model/tensors/Scratch.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool scratch(llvm::StringRef Forward, llvm::StringRef Methods = "") {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Net : nn::Module { Tensor m; void prepare() { m.zero_(); } " +
       Methods + " Tensor forward(Tensor x, bool b) { " + Forward + " } };")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  return isScratch(Snippet.find<FieldDecl>("Net::m"),
                   forwardReach(Snippet.find<CXXRecordDecl>("Net")->getDefinition()), Graphs);
}

TEST(Scratch, IsWrittenBeforeItIsRead) {
  EXPECT_TRUE(scratch("m.copy_(x); return m * 2;"));
  EXPECT_TRUE(scratch("m[0] = x; return m * 2;"));
  EXPECT_TRUE(scratch("torch::mm_out(m, x, x); return m * 2;"));
  EXPECT_TRUE(scratch("prepare(); return m * 2;"));
  EXPECT_TRUE(scratch("m.copy_(x); return use();", "Tensor use() { return m * 2; }"));
}

TEST(Scratch, IsNotWhatMayBeReadFirst) {
  EXPECT_FALSE(scratch("return m * x;"));
  EXPECT_FALSE(scratch("if (b) m.copy_(x); return m * 2;"));
  EXPECT_FALSE(scratch("auto y = m * 2; m.copy_(x); return y;"));
  EXPECT_FALSE(scratch("m.add_(x); return m * 2;")); // keeps a part of what it was
  EXPECT_FALSE(scratch("return x;"));
}

} // namespace
