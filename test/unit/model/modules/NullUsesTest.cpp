// Uses that a constructor's null path reaches: on from its end into the methods.
#include "model/modules/NullUses.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

struct Class {
  Class(llvm::StringRef Constructor, llvm::StringRef Methods)
      : Snippet(("#include <set>\n#include <string>\nusing namespace torch; enum class Kind { A, "
                 "B, C }; struct Net : nn::Module { "
                 "nn::Linear m{nullptr}, o{nullptr}; bool flag = false; Net(bool b, Kind kind, "
                 "nn::Linear given = nullptr, std::set<std::string> parts = {}) " +
                 Constructor + " " + Methods + " };")
                    .str()),
        Graphs(Snippet.context()), Index(Snippet.context()), Model(Graphs, Index),
        Net(Snippet.find<CXXRecordDecl>("Net")->getDefinition()) {}

  // The members used while null, in the order of the uses.
  std::string uses() {
    std::string Text;
    for (const NullUse &Use : nullUses(Net, Model, Model.outcomes(Net)))
      Text += Use.Field->getName();
    return Text;
  }
  // Is `m` used after some end of the constructor at which `flag` is false?
  bool isUsedAfterFalse() {
    const auto *Field = Snippet.find<FieldDecl>("Net::m");
    for (const ConstructorOutcome &Outcome : Model.outcomes(Net))
      for (const PathState &End : Outcome.Ends)
        if (!End.Path.empty() && !End.Path.front().Taken && isUsedAfter(Field, Net, Graphs, End))
          return true;
    return false;
  }
  // Of the ends with `m` null: "open" or "closed" each.
  std::string ends() {
    const auto *Field = Snippet.find<FieldDecl>("Net::m");
    std::string Text;
    for (const ConstructorOutcome &Outcome : Model.outcomes(Net))
      for (const PathState &End : Outcome.Ends)
        if (isNullAt(Field, End))
          Text += isOpenEnd(Field, End, Model) ? "open " : "closed ";
    return llvm::StringRef(Text).rtrim().str();
  }

  MarkedSnippet Snippet;
  ControlFlowGraphs Graphs;
  ProjectIndex Index;
  ModuleModel Model;
  const CXXRecordDecl *Net;
};

std::string uses(llvm::StringRef Constructor, llvm::StringRef Forward) {
  return Class(Constructor, ("Tensor forward(Tensor x) { " + Forward + " }").str()).uses();
}

constexpr llvm::StringLiteral Maybe = "{ if (b) m = nn::Linear(1, 1); }";
constexpr llvm::StringLiteral OneOfTwo =
    "{ if (b) m = nn::Linear(1, 1); else o = nn::Linear(1, 1); }";

TEST(NullUses, AreReachedFromAConstructorsEnd) {
  EXPECT_EQ(uses(Maybe, "return m(x);"), "m");
  EXPECT_EQ(uses(Maybe, "return m->forward(x);"), "m");
  EXPECT_EQ(uses(Maybe, "return m ? m(x) : x;"), "");
  EXPECT_EQ(uses("{ m = nn::Linear(1, 1); }", "return m(x);"), "");
  EXPECT_EQ(uses(Maybe, "m = nn::Linear(1, 1); return m(x);"), "");
}

TEST(NullUses, RelyOnWhatTheConstructorDecided) {
  EXPECT_EQ(uses(OneOfTwo, "return m ? m(x) : o(x);"), "");
  EXPECT_EQ(uses(OneOfTwo, "return m ? o(x) : m(x);"), "om");
  EXPECT_EQ(uses(": flag(b) { if (flag) m = nn::Linear(1, 1); }", "return flag ? m(x) : x;"), "");
  EXPECT_EQ(uses(": flag(b) { if (flag) m = nn::Linear(1, 1); }", "return flag ? x : m(x);"), "m");
}

TEST(NullUses, InHelpersAreSeenFromWhoCallsThem) {
  EXPECT_EQ(Class(Maybe, "Tensor run(Tensor x) { return m(x); } Tensor forward(Tensor x) { return "
                         "m ? run(x) : x; }")
                .uses(),
            "");
  EXPECT_EQ(
      Class(Maybe,
            "Tensor run(Tensor x) { return m(x); } Tensor forward(Tensor x) { return run(x); }")
          .uses(),
      "m");
}

TEST(NullUses, AreNotKnownOfWhatACallerPasses) {
  EXPECT_EQ(uses(": m(given) {}", "return m(x);"), "");
}

TEST(NullUses, OfAnOpenChainNeedAWitness) {
  auto Ends = [](llvm::StringRef Constructor) { return Class(Constructor, "").ends(); };
  llvm::StringRef Make = " m = nn::Linear(1, 1);";
  EXPECT_EQ(
      Ends(("{ if (kind == Kind::A)" + Make + " else if (kind == Kind::B)" + Make + " }").str()),
      "open");
  EXPECT_EQ(
      Ends(("{ switch (kind) { case Kind::A:" + Make + " break; case Kind::B:" + Make + " } }")
               .str()),
      "open");
  EXPECT_EQ(Ends(("{ if (kind == Kind::A)" + Make + " }").str()), "closed"); // no chain
  EXPECT_EQ(Ends(("{ if (b)" + Make + " }").str()), "closed");
  EXPECT_EQ(Ends(("{ if (parts.count(\"head\"))" + Make + " }").str()), "open");
  EXPECT_EQ(Ends(("{ if (parts.find(\"head\") != parts.end())" + Make + " }").str()), "open");
  EXPECT_EQ(Ends(("{ if (parts.size() > 1)" + Make + " }").str()), "closed");
  EXPECT_EQ(Ends(("{" + Make + " }").str()), "");
}

TEST(NullUses, AreAskedOfOneEndOfAConstructor) {
  constexpr llvm::StringLiteral Registers =
      ": m(1, 1), flag(b) { if (flag) register_module(\"m\", m); }";
  EXPECT_TRUE(Class(Registers, "Tensor forward(Tensor x) { return m(x); }").isUsedAfterFalse());
  EXPECT_FALSE(
      Class(Registers, "Tensor forward(Tensor x) { return flag ? m(x) : x; }").isUsedAfterFalse());
  EXPECT_FALSE(Class(Registers, "Tensor forward(Tensor x) { if (flag) x = run(x); return x; } "
                                "Tensor run(Tensor x) { return m(x); }")
                   .isUsedAfterFalse());
  EXPECT_TRUE(
      Class(Registers, "Tensor forward(Tensor x) { return flag ? x : m(x); }").isUsedAfterFalse());
}

} // namespace
