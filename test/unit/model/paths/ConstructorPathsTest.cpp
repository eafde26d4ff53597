// In which states the constructors of a class leave it.
#include "model/paths/ConstructorPaths.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The constructors by their number of parameters, each with the values of `m` at its ends: N(ull),
// M(odule), ?; "R" where it is registered.
std::string outcomes(llvm::StringRef Members) {
  MarkedSnippet Snippet(("using namespace torch; struct Base : nn::Module { nn::Linear m{nullptr}; "
                         "Base() {} explicit Base(int n) { m = nn::Linear(n, n); } }; struct Net : "
                         "Base { " +
                         Members + " };")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
  if (!Field)
    Field = Snippet.find<FieldDecl>("Base::m");
  std::string Text;
  for (const ConstructorOutcome &Outcome :
       constructorOutcomes(Graphs, Snippet.find<CXXRecordDecl>("Net")->getDefinition())) {
    Text += std::to_string(Outcome.Constructor->getNumParams()) + ":";
    for (const PathState &End : Outcome.Ends) {
      auto It = End.Values.find(Field);
      PathValue Value = It == End.Values.end() ? PathValue() : It->second;
      Text += Value.Null == Nullness::Null ? "N" : Value.Null == Nullness::NonNull ? "M" : "?";
      Text += Value.Registered ? "R" : "";
    }
    Text += Outcome.Unknown ? "unknown " : " ";
  }
  return llvm::StringRef(Text).rtrim().str();
}

TEST(ConstructorPaths, RunWhatUsersCall) {
  EXPECT_EQ(outcomes("nn::Linear m{nullptr}; Net() {} explicit Net(int n) : Net() { if (n) m = "
                     "nn::Linear(n, n); }"
                     " Net(const Net &) = default; Net(float, float, float);"),
            "0:N 1:NM");
}

TEST(ConstructorPaths, BeginWithInitialisers) {
  EXPECT_EQ(outcomes("nn::Linear m{1, 2}; Net() {}"), "0:M");
  EXPECT_EQ(outcomes("nn::Linear m{1, 2}; Net() : m(nullptr) {}"), "0:N");
  EXPECT_EQ(outcomes("nn::Linear m; Net() : m(register_module(\"m\", nn::Linear(1, 2))) {}"),
            "0:MR");
}

TEST(ConstructorPaths, FollowDelegationAndBases) {
  EXPECT_EQ(outcomes("Net() : Base(3) {}"), "0:M");
  EXPECT_EQ(outcomes("Net() {}"), "0:N");
  EXPECT_EQ(outcomes("Net() : Net(3) {} Net(int n) : Base(n) {}"), "0:M 1:M");
}

TEST(ConstructorPaths, ThatThrowHaveNoEnd) {
  EXPECT_EQ(outcomes("Net() { throw 1; } Net(int n) : Base(n) { TORCH_CHECK(n > 0, \"n\"); }"),
            "0: 1:M");
}

TEST(ConstructorPaths, OfAClassWithoutAnyInViewAreNone) {
  EXPECT_EQ(outcomes("nn::Linear m{nullptr};"), "");
  EXPECT_EQ(outcomes("nn::Linear m{nullptr}; Net();"), "");
}

TEST(ConstructorPaths, AreUnknownWhereThereAreTooMany) {
  std::string Body;
  for (int I = 0; I < 8; ++I)
    Body += "if (n > " + std::to_string(I) + ") register_module(\"m" + std::to_string(I) +
            "\", nn::Linear(1, 1)); ";
  EXPECT_EQ(llvm::StringRef(outcomes("nn::Linear m{nullptr}; Net(int n) { " + Body + "}"))
                .ends_with("unknown"),
            true);
}

TEST(ConstructorPaths, ShowWhatHappensOnTheWay) {
  MarkedSnippet Snippet(
      "using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr}, "
      "o{nullptr}; Net() { m->reset(); m = nn::Linear(1, 1); m->reset(); register_module(\"o\", o);"
      " register_module(\"a\", m); register_module(\"a\", m); } };");
  ControlFlowGraphs Graphs(Snippet.context());
  std::string Text;
  constructorOutcomes(
      Graphs, Snippet.find<CXXRecordDecl>("Net")->getDefinition(),
      [&](PathWalker::Event Kind, const Expr *, const ValueDecl *D, const PathState &State) {
        auto It = State.Values.find(D);
        bool Null = It != State.Values.end() && It->second.Null == Nullness::Null;
        Text += Kind == PathWalker::Event::Dereference     ? Null ? "null " : "used "
                : Kind == PathWalker::Event::RegisterNull  ? "registers-null "
                : Kind == PathWalker::Event::DuplicateName ? "twice "
                                                           : "asked ";
      });
  EXPECT_EQ(Text, "null used registers-null twice ");
}

} // namespace
