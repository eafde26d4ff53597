// What forward builds at its first call alone.
#include "model/modules/LazyBuilds.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/modules/ForwardBuilds.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Of the first thing that is built: 1 once, ? under a condition, t with the training flag, else *.
char built(llvm::StringRef Forward, llvm::StringRef Members = "") {
  MarkedSnippet Snippet(("using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr}; "
                         "bool done = false; int n = 0; " +
                         Members + " Tensor forward(Tensor x, bool train) { " + Forward + " } };")
                            .str());
  TorchFacts Facts(Snippet.context());
  Reach Forwards = forwardReach(Snippet.find<CXXRecordDecl>("Net")->getDefinition());
  LazyBuilds Lazy(Forwards, Facts.graphs());
  for (const auto &[Function, Call] : Forwards)
    for (const ForwardBuild &Build : forwardBuilds(Function, Facts.modules()))
      return Lazy.runsOnce(Build.Where, Function)              ? '1'
             : Lazy.followsTrainingFlag(Build.Where, Function) ? 't'
             : Lazy.isConditional(Build.Where)                 ? '?'
                                                               : '*';
  return '-';
}

TEST(LazyBuilds, RunOnceUnderATestOfWhatTheySet) {
  EXPECT_EQ(built("if (!m) m = nn::Linear(2, 2); return m(x);"), '1');
  EXPECT_EQ(built("if (m.is_empty()) m = nn::Linear(2, 2); return m(x);"), '1');
  EXPECT_EQ(built("if (!done) { m = nn::Linear(2, 2); done = true; } return m(x);"), '1');
  EXPECT_EQ(built("if (!m) make(); return m(x);", "void make() { m = nn::Linear(2, 2); }"), '1');
}

TEST(LazyBuilds, RunAgainUnderOtherConditions) {
  EXPECT_EQ(built("m = nn::Linear(2, 2); return m(x);"), '*');
  EXPECT_EQ(built("if (!m || x.size(0) != n) m = nn::Linear(2, 2); return m(x);"), '?');
}

TEST(LazyBuilds, FollowTheTrainingFlag) {
  EXPECT_EQ(built("if (is_training()) x = nn::Dropout(0.5)(x); return x;"), 't');
  EXPECT_EQ(built("if (train) x = nn::Dropout(0.5)(x); return x;"), 't');
  EXPECT_EQ(built("nn::Dropout d(0.5); d->train(is_training()); return d(x);"), 't');
  EXPECT_EQ(built("if (!train) x = nn::Dropout(0.5)(x); return x;"), '?');
}

} // namespace
