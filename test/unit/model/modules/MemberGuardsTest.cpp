// Whether a condition that reads a member stands before a use of it.
#include "model/modules/MemberGuards.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "g" for each marked use of `m` in `run` that is guarded.
std::string guarded(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Other { bool b; }; struct Net : nn::Module { nn::Linear "
       "m{nullptr}, o{nullptr}; bool b; Tensor t; bool split() const { return b; } bool next(); "
       "Tensor use(Tensor); void run(int n, Tensor x, Other other) { " +
       Body + " } };")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  const auto *Run = Snippet.find<FunctionDecl>("Net::run");
  std::string Text;
  for (const auto *Call : Snippet.all<CXXMemberCallExpr>())
    Text += isGuarded(Call, Run, Snippet.find<FieldDecl>("Net::m"), Graphs) ? "g" : "-";
  return Text;
}

TEST(MemberGuards, AreConditionsThatReadTheMemberOrAFlag) {
  EXPECT_EQ(guarded("if (m) ^m->forward(x); if (b) ^m->forward(x); if (split()) ^m->forward(x);"),
            "ggg");
  EXPECT_EQ(guarded("if (!m) return; ^m->forward(x);"), "g");
  EXPECT_EQ(guarded("m && (^m->forward(x), true); x = m ? ^m->forward(x) : x;"), "gg");
  EXPECT_EQ(guarded("while (!m.is_empty()) ^m->forward(x);"), "g");
}

TEST(MemberGuards, AreConditionsThatAskTheCaller) {
  EXPECT_EQ(guarded("if (n) ^m->forward(x); if (n == 2) ^m->forward(x);"), "gg");
  EXPECT_EQ(guarded("if (x.defined()) ^m->forward(x);"), "g");
  EXPECT_EQ(guarded("for (int i = 0; i < n; ++i) ^m->forward(x);"), "-");
}

TEST(MemberGuards, MayStandFurtherOut) {
  EXPECT_EQ(guarded("if (m) for (int i = 0; i < n; ++i) if (n > i) ^m->forward(x);"), "g");
}

TEST(MemberGuards, AreNotConditionsOfOtherThings) {
  EXPECT_EQ(guarded("^m->forward(x);"), "-");
  EXPECT_EQ(guarded("if (x.dim() > 1) ^m->forward(x); if (o) ^m->forward(x);"), "--");
  EXPECT_EQ(guarded("if (other.b) ^m->forward(x); if (next()) ^m->forward(x);"), "--");
  EXPECT_EQ(guarded("if (t.defined()) ^m->forward(x);"), "-");
  // Comes to the same place either way.
  EXPECT_EQ(guarded("if (m) n = 1; ^m->forward(x);"), "-");
}

TEST(MemberGuards, OfALambdaAreNotKnown) {
  EXPECT_EQ(guarded("auto later = [&] { ^m->forward(x); };"), "g");
}

} // namespace
