// The words for the condition that leaves a member without a module.
#include "model/modules/DecidingCondition.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What is said of the first path that leaves `m` null: "around | last".
std::string said(llvm::StringRef Constructor) {
  MarkedSnippet Snippet(
      ("using namespace torch; enum class Kind { A, B, C }; struct Net : "
       "nn::Module { nn::Linear m{nullptr}; void make() { m = nn::Linear(1, 2); } "
       "Net(int n, bool b, Kind kind) " +
       Constructor + " };")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  ModuleModel Model(Graphs, Index);
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
  const ConstructorOutcome &Outcome =
      Model.outcomes(Snippet.find<CXXRecordDecl>("Net")->getDefinition()).front();
  for (const PathState &End : Outcome.Ends)
    if (End.Values.at(Field).Null == Nullness::Null)
      return decidingCondition(Field, Outcome.Constructor, End, Model) + " | " +
             lastDecision(Field, End, Model);
  return "never null";
}

std::string around(llvm::StringRef Constructor) {
  std::string Text = said(Constructor);
  return llvm::StringRef(Text).split(" | ").first.str();
}

TEST(DecidingCondition, IsTheOneAroundTheAssignment) {
  EXPECT_EQ(around("{ if (b) n = 1; if (n > 3) m = nn::Linear(1, 2); if (b) n = 2; }"),
            "'n > 3' is false");
  EXPECT_EQ(around("{ if (n > 3) n = 1; else m = nn::Linear(1, 2); }"), "'n > 3' is true");
  EXPECT_EQ(around("{ m = n > 3 ? nn::Linear(1, 2) : nn::Linear(nullptr); }"), "'n > 3' is false");
  EXPECT_EQ(around(": m(n > 3 ? nn::Linear(nullptr) : nn::Linear(1, 2)) {}"), "'n > 3' is true");
}

TEST(DecidingCondition, IsTheOneOfSeveralThatThePathDecides) {
  EXPECT_EQ(around("{ if (b) { if (n > 3) m = nn::Linear(1, 2); else throw 1; } }"),
            "'b' is false");
  EXPECT_EQ(around("{ if (!b) throw 1; if (b) { if (n > 3) m = nn::Linear(1, 2); } }"),
            "'n > 3' is false");
}

TEST(DecidingCondition, IsAskedOfWhatTheConstructorReaches) {
  // Around the call of a helper, no condition stands around the assignment itself.
  EXPECT_EQ(said("{ if (n > 3) make(); }"), " | 'n > 3' is false");
}

TEST(DecidingCondition, ElseTheLastDecisionOfThePathIsNamed) {
  EXPECT_EQ(said("{ if (n > 3) return; m = nn::Linear(1, 2); }"), " | 'n > 3' is true");
  EXPECT_EQ(
      said("{ switch (kind) { case Kind::A: m = nn::Linear(1, 2); break; case Kind::B: break; "
           "default: m = nn::Linear(3, 4); } if (b) n = 1; }"),
      " | 'kind' takes a value that assigns nothing");
}

TEST(DecidingCondition, IsNothingWhereNothingIsDecided) {
  EXPECT_EQ(said("{}"), " | ");
  EXPECT_EQ(said("{ m = nn::Linear(1, 2); }"), "never null");
}

} // namespace
