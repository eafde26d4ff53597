// What a walk knows at the end of a function, through the values, conditions and calls of it.
#include "model/paths/PathWalker.h"
#include "MarkedSnippet.h"
#include "llvm/ADT/StringExtras.h"
#include <set>

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// All that `Net` may hold in `m` after `run`: N(ull), M(odule), ? (unknown); "R" where it is
// registered, "!" where the walk met a call that could have changed it.
std::string ends(llvm::StringRef Body) {
  MarkedSnippet Snippet(("using namespace torch; struct Net; void elsewhere(nn::Linear &);"
                         "struct Net : nn::Module { nn::Linear m{nullptr}; int k; void outside();"
                         " void make() { m = nn::Linear(1, 1); }"
                         " void run(bool a, bool b, int n) { " +
                         Body + " } };")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  const auto *Net = Snippet.find<CXXRecordDecl>("Net")->getDefinition();
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
  PathWalker Walker(Graphs, Net);
  std::set<std::string> Found;
  for (const PathState &End : Walker.run(Snippet.find<FunctionDecl>("Net::run"), PathState())) {
    auto It = End.Values.find(Field);
    Nullness Null = It == End.Values.end() ? Nullness::Unknown : It->second.Null;
    std::string Text = Null == Nullness::Null ? "N" : Null == Nullness::NonNull ? "M" : "?";
    if (It != End.Values.end() && It->second.Registered)
      Text += "R";
    if (End.Escaped)
      Text += "!";
    Found.insert(Text);
  }
  return llvm::join(Found, " ");
}

TEST(PathWalker, KnowsValues) {
  EXPECT_EQ(ends(""), "?");
  EXPECT_EQ(ends("m = nn::Linear(1, 1);"), "M");
  EXPECT_EQ(ends("m = nullptr;"), "N");
  EXPECT_EQ(ends("auto l = nn::Linear(1, 1); auto &r = m; r = l;"), "M");
  EXPECT_EQ(ends("m = register_module(\"m\", nn::Linear(1, 1));"), "MR");
  EXPECT_EQ(ends("m = nn::Linear(1, 1); register_module(\"m\", m);"), "MR");
}

TEST(PathWalker, FollowsCallsInViewOnly) {
  EXPECT_EQ(ends("make();"), "M");
  EXPECT_EQ(ends("m = nullptr; outside();"), "N!");
  EXPECT_EQ(ends("m = nullptr; elsewhere(m);"), "?");
}

TEST(PathWalker, EndsPathsThatThrowAndRunsLoopsOnce) {
  EXPECT_EQ(ends("throw 1;"), "");
  EXPECT_EQ(ends("m = nullptr; if (a) throw 1; m = nn::Linear(1, 1);"), "M");
  EXPECT_EQ(ends("m = nullptr; for (int i = 0; i < n; ++i) if (i == 2) make();"), "M N");
  EXPECT_EQ(ends("m = nullptr; for (int i = 0; i < n; ++i) if (i == 2) m = nn::Linear(1, 1);"),
            "M");
}

TEST(PathWalker, RemembersConditions) {
  llvm::StringRef Else = " else m = nullptr;";
  EXPECT_EQ(ends(("if (a) m = nn::Linear(1, 1);" + Else).str()), "M N");
  // Both ifs ask the same.
  EXPECT_EQ(ends("m = nullptr; if (a) m = nn::Linear(1, 1); if (!a) m = nn::Linear(2, 2);"), "M");
  EXPECT_EQ(ends("m = nullptr; if (n > 1) make(); if (n <= 1) make();"), "M");
  // Not when the flag was written in between.
  EXPECT_EQ(ends("m = nullptr; if (a) make(); a = b; if (!a) make();"), "M N");
}

TEST(PathWalker, RefinesValuesThatAreTested) {
  EXPECT_EQ(ends("if (!m) return; n = 1;"), "M N");
  EXPECT_EQ(ends("if (m.is_empty()) m = nn::Linear(1, 1);"), "M");
  EXPECT_EQ(ends("auto copy = m; if (!copy) m = nn::Linear(1, 1);"), "M");
}

} // namespace
