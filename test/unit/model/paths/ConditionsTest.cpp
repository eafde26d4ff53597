// Conditions of a path: which mean the same, and what deciding one tells.
#include "model/paths/Conditions.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

class Paths {
public:
  explicit Paths(llvm::StringRef Body)
      : Snippet(
            ("using namespace torch; enum class Kind { A, B, C }; bool check(bool); struct Net : "
             "nn::Module { nn::Linear m{nullptr}; int k; bool is_on() const { return k > 0; } "
             "void run(bool a, bool b, int n, Kind kind, std::string s, nn::Linear l) { " +
             Body + " } };")
                .str()),
        Conditions(Snippet.context(), Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Values) {
  }

  std::string key(llvm::StringRef Mark) const {
    return Conditions.key(Snippet.within<Expr>(Mark), State);
  }
  // True when the path can go that way after what was decided so far.
  bool assume(llvm::StringRef Mark, bool Taken) {
    return Conditions.assume(Snippet.within<Expr>(Mark), Taken, State);
  }
  bool assumeCase(unsigned Case) {
    const auto *Switch = Snippet.at<SwitchStmt>();
    std::vector<const CaseStmt *> Cases = Snippet.all<CaseStmt>("case");
    return Conditions.assumeCase(Switch, Case < Cases.size() ? Cases[Case] : nullptr, State);
  }
  Nullness held(llvm::StringRef Name) {
    const auto *D = Snippet.find<ValueDecl>(Name);
    return State.Values[D].Null;
  }

  MarkedSnippet Snippet;
  PathValues Values;
  PathState State;
  PathConditions Conditions;
};

// "=" for equal conditions, "!" where one is the negation of the other, "-" for any others.
std::string compare(llvm::StringRef A, llvm::StringRef B) {
  Paths Walk(("if ($a[[" + A + "]]) ; if ($b[[" + B + "]]) ;").str());
  std::string KeyA = Walk.key("a"), KeyB = Walk.key("b");
  return KeyA == KeyB ? "=" : KeyA == "!" + KeyB || "!" + KeyA == KeyB ? "!" : "-";
}

TEST(Conditions, MeetWhateverTheirSpelling) {
  EXPECT_EQ(compare("a", "a"), "=");
  EXPECT_EQ(compare("a", "!!a"), "=");
  EXPECT_EQ(compare("a", "!a"), "!");
  EXPECT_EQ(compare("n > 1", "(n > 1)"), "=");
  EXPECT_EQ(compare("n > 1", "n <= 1"), "!");
  EXPECT_EQ(compare("n == 1", "n != 1"), "!");
  EXPECT_EQ(compare("k > 1", "this->k > 1"), "=");
  EXPECT_EQ(compare("is_on()", "!this->is_on()"), "!");
}

TEST(Conditions, OfOtherThingsDiffer) {
  EXPECT_EQ(compare("a", "b"), "-");
  EXPECT_EQ(compare("n > 1", "n > 2"), "-");
  EXPECT_EQ(compare("n > 1", "n < 1"), "-");
  EXPECT_EQ(compare("n > 1", "k > 1"), "-");
}

TEST(Conditions, DifferByANegationInside) {
  EXPECT_EQ(compare("a == b", "!a == b"), "-");
  EXPECT_EQ(compare("a != b", "!a != b"), "-");
  EXPECT_EQ(compare("a && b", "!a && b"), "-");
  EXPECT_EQ(compare("check(a)", "check(!a)"), "-");
}

TEST(Conditions, DecideTheSameWayTwice) {
  Paths Walk("if ($first[[a]]) ; if ($again[[!a]]) ; if ($once[[b]]) ;");
  EXPECT_TRUE(Walk.assume("first", true));
  EXPECT_FALSE(Walk.assume("again", true));
  EXPECT_TRUE(Walk.assume("again", false));
  EXPECT_TRUE(Walk.assume("once", true));
  EXPECT_TRUE(Walk.assume("once", false)); // is asked nowhere else: nothing to remember
}

TEST(Conditions, AreForgottenWhenTheirVariablesAreWritten) {
  Paths Walk("if ($first[[n > 1]]) ; if ($again[[n > 1]]) ;");
  EXPECT_TRUE(Walk.assume("first", true));
  EXPECT_FALSE(Walk.assume("again", false));
  ++Walk.State.Versions[Walk.Snippet.find<FunctionDecl>("Net::run")->getParamDecl(2)];
  EXPECT_TRUE(Walk.assume("again", false));
}

TEST(Conditions, OfAChainAreDecidedByTheLastOperand) {
  Paths Walk("if ($chain[[a && b]]) ; if ($a[[a]]) ; if ($b[[b]]) ;");
  EXPECT_TRUE(Walk.assume("chain", false));
  EXPECT_FALSE(Walk.assume("b", true));
  EXPECT_TRUE(Walk.assume("a", true));
}

TEST(Conditions, TestsOfNullTellWhatIsHeld) {
  for (llvm::StringRef Test : {"m", "!m.is_empty()", "m.ptr() != nullptr", "nullptr != m.ptr()"}) {
    Paths Yes(("if ([[" + Test + "]]) ;").str()), No(("if ([[" + Test + "]]) ;").str());
    EXPECT_TRUE(Yes.assume("", true)) << Test.str();
    EXPECT_EQ(Yes.held("Net::m"), Nullness::NonNull) << Test.str();
    EXPECT_TRUE(No.assume("", false)) << Test.str();
    EXPECT_EQ(No.held("Net::m"), Nullness::Null) << Test.str();
    EXPECT_FALSE(No.assume("", true)) << Test.str();
  }
}

TEST(Conditions, LiteralsDecideThemselves) {
  Paths Walk("if ([[true]]) ;");
  EXPECT_TRUE(Walk.assume("", true));
  EXPECT_FALSE(Walk.assume("", false));
}

TEST(Conditions, ComparisonsWithConstantsExcludeEachOther) {
  Paths Walk(
      "if ($a[[kind == Kind::A]]) ; if ($b[[kind == Kind::B]]) ; if ($c[[kind != Kind::C]]) ; if "
      "($conv[[s == \"conv\"]]) ; if ($norm[[s == \"norm\"]]) ;");
  Paths Other = Paths(
      "if ($a[[kind == Kind::A]]) ; if ($b[[kind == Kind::B]]) ; if ($c[[kind != Kind::C]]) ;");
  EXPECT_TRUE(Walk.assume("a", true));
  EXPECT_FALSE(Walk.assume("b", true));
  EXPECT_TRUE(Walk.assume("conv", true));
  EXPECT_FALSE(Walk.assume("norm", true));
  // Past all enumerators there is none left.
  EXPECT_TRUE(Other.assume("a", false));
  EXPECT_TRUE(Other.assume("b", false));
  EXPECT_FALSE(Other.assume("c", true));
}

TEST(Conditions, CasesOfASwitchExcludeEachOther) {
  llvm::StringRef Switch = "^switch (kind) { $case^case Kind::A: break; $case^case Kind::B: break; "
                           "default: break; } if ($a[[kind == Kind::A]]) ;";
  Paths First(Switch), Default(Switch);
  EXPECT_TRUE(First.assumeCase(0));
  EXPECT_FALSE(First.assume("a", false));
  EXPECT_TRUE(Default.assumeCase(2));
  EXPECT_FALSE(Default.assume("a", true));
}

TEST(Conditions, AreTheSameWithCastsToBool) {
  MarkedSnippet Snippet("void f(int *p, int i) { if ($a[[(static_cast<bool>($p[[p]]))]]) ; "
                        "if ($b[[__builtin_expect(bool($q[[i]]), 1)]]) ; "
                        "if ($c[[static_cast<char>(i)]]) ; }");
  auto IsOf = [&](llvm::StringRef Condition, llvm::StringRef Inner) {
    return stripCondition(Snippet.within<Expr>(Condition)) ==
           Snippet.within<Expr>(Inner)->IgnoreParenImpCasts();
  };
  EXPECT_TRUE(IsOf("a", "p"));
  EXPECT_TRUE(IsOf("b", "q"));
  EXPECT_TRUE(isa<CXXStaticCastExpr>(stripCondition(Snippet.within<Expr>("c"))));
}

} // namespace
