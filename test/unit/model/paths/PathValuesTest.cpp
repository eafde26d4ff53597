// What one path knows of the values of modules.
#include "model/paths/PathValues.h"
#include "MarkedSnippet.h"
#include "model/paths/PathWalker.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Two paths that first ask for a member at different places agree on what it held before.
TEST(PathValues, WhatAMemberHeldBeforeHasOneSymbol) {
  MarkedSnippet Snippet("using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr};"
                        " void run(bool a) { if (a) { auto x = m; } else { auto y = m; } } };");
  ControlFlowGraphs Graphs(Snippet.context());
  PathWalker Walker(Graphs, Snippet.find<CXXRecordDecl>("Net")->getDefinition());
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
  std::vector<PathState> Ends = Walker.run(Snippet.find<FunctionDecl>("Net::run"), PathState());
  ASSERT_EQ(Ends.size(), 2u);
  EXPECT_EQ(Ends[0].Values.at(Field), Ends[1].Values.at(Field));
}

TEST(PathValues, OnlyNamesOfOneModuleAreFollowed) {
  MarkedSnippet Snippet("using namespace torch; struct Net : nn::Module { nn::Linear ^a; int ^b;"
                        " std::shared_ptr<nn::LinearImpl> ^c; std::vector<nn::Linear> ^d;"
                        " nn::AnyModule ^e; c10::optional<nn::Linear> ^f; Tensor ^g; };");
  std::string Text;
  for (const auto *Field : Snippet.all<FieldDecl>())
    if (isModuleName(Field))
      Text += Field->getName();
  EXPECT_EQ(Text, "acef");
}

TEST(PathValues, AreReadFromExpressions) {
  MarkedSnippet Snippet(
      "using namespace torch; nn::Linear elsewhere(); template <typename T> void use(const T &); "
      "struct Net : nn::Module { nn::Linear m{nullptr}; void run(std::shared_ptr<nn::LinearImpl> "
      "p, "
      "nn::Linear d = nullptr) { use($null[[nn::Linear(nullptr)]]); use($made[[nn::Linear(1, "
      "2)]]); "
      "use($shared[[std::make_shared<nn::LinearImpl>(1, 2)]]); use($member[[m]]); "
      "use($cast[[std::dynamic_pointer_cast<nn::Module>(p)]]); use($result[[elsewhere()]]); "
      "use($default[[d]]); } };");
  PathValues Values;
  PathState State;
  auto Value = [&](llvm::StringRef Name) {
    return Values.evaluate(Snippet.within<Expr>(Name), State);
  };
  EXPECT_EQ(Value("null").Null, Nullness::Null);
  EXPECT_EQ(Value("made").Null, Nullness::NonNull);
  EXPECT_EQ(Value("shared").Null, Nullness::NonNull);
  EXPECT_EQ(Value("result").Null, Nullness::Unknown);
  EXPECT_EQ(Value("member").Null, Nullness::Unknown);
  State.Values[Snippet.find<FieldDecl>("Net::m")].Null = Nullness::Null;
  EXPECT_EQ(Value("member").Null, Nullness::Null);
  // A cast of what is not known is as unknown, and the same thing.
  EXPECT_NE(Value("cast").Symbol, 0u);
  EXPECT_EQ(Value("cast"), Value("cast"));
  EXPECT_TRUE(Value("default").NullByDefault);
  EXPECT_NE(Values.unknown(nullptr).Symbol, Values.unknown(nullptr).Symbol);
}

TEST(PathValues, AreFoundThroughReferences) {
  MarkedSnippet Snippet(
      "using namespace torch; template <typename T> void use(const T &); struct Net "
      ": nn::Module { nn::Linear m{nullptr}; void run(Net &other) { auto &^r = m; use($r[[r]]); "
      "use($get[[m.ptr()]]); use($other[[other.m]]); } };");
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
  PathState State;
  EXPECT_EQ(placeOnPath(Snippet.within<Expr>("r"), State), Snippet.at<VarDecl>());
  State.References[Snippet.at<VarDecl>()] = Field;
  EXPECT_EQ(placeOnPath(Snippet.within<Expr>("r"), State), Field);
  EXPECT_EQ(placeOnPath(Snippet.within<Expr>("get"), State), Field);
  EXPECT_EQ(placeOnPath(Snippet.within<Expr>("other"), State), nullptr);
}

TEST(PathValues, MergedPathsKeepWhatTheyDecidedAlike) {
  MarkedSnippet Snippet("void f(bool a, bool b) { if ($a[[a]]) ; if ($b[[b]]) ; }");
  Branch A{nullptr, Snippet.within<Expr>("a"), true}, B{nullptr, Snippet.within<Expr>("b"), true};
  PathState One, Other;
  One.Path = {A, B};
  Other.Path = {A, B};
  EXPECT_TRUE(One.sameFacts(Other));
  One.mergePath(Other);
  EXPECT_FALSE(One.Merged);
  Other.Path[1].Taken = false;
  EXPECT_TRUE(One.sameFacts(Other)); // the path is no fact
  One.mergePath(Other);
  EXPECT_EQ(One.Path, std::vector<Branch>{A});
  EXPECT_TRUE(One.Merged);
  Other.Escaped = true;
  EXPECT_FALSE(One.sameFacts(Other));
}

} // namespace
