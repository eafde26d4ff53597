// Which way the constructions in view go through a constructor.
#include "model/modules/Constructed.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What the constructions say of `m` being null at the end: "with", "without", "unsure"; "none"
// where nothing is built.
std::string nullIn(llvm::StringRef Constructors, llvm::StringRef Uses) {
  MarkedSnippet Snippet(
      ("using namespace torch; enum class Kind { A, B, C }; struct Net : nn::Module "
       "{ nn::Linear m{nullptr}; int k = 2; " +
       Constructors + " }; void use(int any) { " + Uses + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  const auto *Net = Snippet.find<CXXRecordDecl>("Net")->getDefinition();
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
  Constructed Built = constructed(
      Net, constructorOutcomes(Graphs, Net), Index, Snippet.context(),
      [&](const PathState &End) { return End.Values.at(Field).Null == Nullness::Null; });
  std::string Text = Built.Any ? "" : "none ";
  Text += Built.With ? "with " : "";
  Text += Built.Without ? "without " : "";
  Text += Built.Unsure ? "unsure" : "";
  return llvm::StringRef(Text).rtrim().str();
}

std::string number(llvm::StringRef Uses, llvm::StringRef Condition = "n > 1") {
  return nullIn(("Net(int n, int p = 1) { if (" + Condition + ") m = nn::Linear(n, n); }").str(),
                Uses);
}

TEST(Constructed, ConstantsDecide) {
  EXPECT_EQ(number(""), "none");
  EXPECT_EQ(number("Net a(1);"), "with");
  EXPECT_EQ(number("Net a(2);"), "without");
  EXPECT_EQ(number("Net a(1); auto b = std::make_shared<Net>(2);"), "with without");
  EXPECT_EQ(number("constexpr int N = 3; Net a(N - 2);"), "with");
  EXPECT_EQ(number("Net a(any);"), "unsure");
  EXPECT_EQ(number("Net a(any), b(2);"), "without unsure");
}

TEST(Constructed, DefaultArgumentsAndLogicCount) {
  EXPECT_EQ(number("Net a(5);", "n > 1 && p != 1"), "with");
  EXPECT_EQ(number("Net a(5, 6);", "n > 1 && p != 1"), "without");
  EXPECT_EQ(number("Net a(any, 1);", "n > 1 && p != 1"), "with"); // whatever n is
  EXPECT_EQ(number("Net a(any, 1);", "n > 1 || !p"), "unsure");
}

TEST(Constructed, OneVariableTwiceIsEqual) {
  EXPECT_EQ(number("Net a(any, any);", "n != p"), "with");
  EXPECT_EQ(number("Net a(any, any + 1);", "n != p"), "unsure");
}

TEST(Constructed, StringsEnumeratorsAndFieldsDecide) {
  llvm::StringRef ByName = "Net(std::string s) { if (s == \"conv\") m = nn::Linear(1, 1); }";
  EXPECT_EQ(nullIn(ByName, "Net a(\"conv\"); Net b(\"norm\");"), "with without");
  llvm::StringRef ByKind = "Net(Kind kind) { switch (kind) { case Kind::A: m = nn::Linear(1, 1); "
                           "break; case Kind::B: break; default: m = nn::Linear(2, 2); } }";
  EXPECT_EQ(nullIn(ByKind, "Net a(Kind::A); Net c(Kind::C);"), "without");
  EXPECT_EQ(nullIn(ByKind, "Net b(Kind::B);"), "with");
  EXPECT_EQ(nullIn("Net(int n) : k(n) { if (k > 1) m = nn::Linear(1, 1); }", "Net a(1);"), "with");
  EXPECT_EQ(nullIn("Net(int n) { if (k > 1) m = nn::Linear(1, 1); }", "Net a(1);"), "without");
}

TEST(Constructed, DelegationHandsArgumentsOn) {
  llvm::StringRef Both =
      "Net(int n) { if (n > 1) m = nn::Linear(n, n); } Net(int a, int b) : Net(b) {}";
  EXPECT_EQ(nullIn(Both, "Net a(1, 2);"), "without");
  EXPECT_EQ(nullIn(Both, "Net a(2, 1);"), "with");
}

TEST(Constructed, WhatTheConstructorWritesIsNotTheArgument) {
  llvm::StringRef Raised = "Net(int n) { if (n < 1) n = 4; if (n > 1) m = nn::Linear(n, n); }";
  EXPECT_EQ(nullIn(Raised, "Net a(0);"), "unsure");
  llvm::StringRef Counted = "Net(int n) : k(n) { ++k; if (k > 1) m = nn::Linear(n, n); }";
  EXPECT_EQ(nullIn(Counted, "Net a(1);"), "unsure");
}

TEST(Constructed, OverloadsOfOneCountAreNotToldApart) {
  EXPECT_EQ(nullIn("Net(int n) { if (n > 1) m = nn::Linear(n, n); } Net(std::string s) {}",
                   "Net a(1); Net b(\"x\");"),
            "unsure");
}

} // namespace
