// Which members some constructor leaves null, and what the class does with them.
#include "model/modules/NullMembers.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Members of `Net` that some constructor leaves null, by name, with their tier and condition.
std::string nulls(llvm::StringRef Code) {
  MarkedSnippet Snippet(Code);
  TorchFacts Facts(Snippet.context());
  std::string Text;
  const auto *Net = Snippet.find<CXXRecordDecl>("Net");
  for (const NullMember &Member :
       nullMembers(Net->getDefinition(), Facts.modules(), Facts.index())) {
    static constexpr llvm::StringLiteral Tiers[] = {"used", "disagree", "guarded", "never"};
    Text += Member.Field->getName().str() + ":" + Tiers[Member.Kind].str();
    if (!Member.Paths[0].Condition.empty())
      Text += "(" + Member.Paths[0].Condition + ")";
    Text += Member.Optional ? " optional " : " ";
  }
  return llvm::StringRef(Text).rtrim().str();
}

std::string net(llvm::StringRef Members, llvm::StringRef Body,
                llvm::StringRef Forward = "return x;") {
  return ("using namespace torch; struct Net : nn::Module { " + Members + " Net(int n) { " + Body +
          " } Tensor forward(Tensor x) { " + Forward + " } };")
      .str();
}

TEST(NullMembers, DocumentedIdiomIsSilent) {
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", "fc = register_module(\"fc\", nn::Linear(n, n));",
                      "return fc(x);")),
            "");
}

TEST(NullMembers, TellsTheConditionAndTheTier) {
  llvm::StringRef Body = "if (n > 1) fc = register_module(\"fc\", nn::Linear(n, n));";
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", Body, "return fc->forward(x);")),
            "fc:used('n > 1' is false)");
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", Body, "return fc ? fc->forward(x) : x;")),
            "fc:guarded('n > 1' is false) optional");
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", "")), "fc:never");
}

TEST(NullMembers, FollowsBranchesThrowsLoopsAndSwitches) {
  for (llvm::StringRef Body :
       {"if (n > 1) fc = nn::Linear(1, 2); else fc = nn::Linear(3, 4);",
        "fc = n > 1 ? nn::Linear(1, 2) : nn::Linear(3, 4);",
        "if (n < 1) throw 1; fc = nn::Linear(1, 2);",
        "TORCH_CHECK(n > 0, \"n\"); fc = nn::Linear(1, 2);",
        "for (int i = 0; i < n; ++i) if (i == 2) fc = nn::Linear(1, i);",
        "switch (n) { case 1: fc = nn::Linear(1, 2); break; default: fc = nn::Linear(3, 4); }",
        "auto make = [this] { fc = nn::Linear(1, 2); }; make();",
        "bool wide = n > 1; if (wide) fc = nn::Linear(1, 2); if (!wide) fc = nn::Linear(3, 4);"})
    EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", Body, "return fc(x);")), "") << Body.str();
}

TEST(NullMembers, FollowsHelpersDelegationAndReferences) {
  EXPECT_EQ(nulls("using namespace torch; struct Net : nn::Module { nn::Linear a{nullptr}, "
                  "b{nullptr}; Net() : Net(3) {}"
                  " Net(int n) { setup(n); fill(b); } void setup(int n) { a = nn::Linear(n, n); }"
                  " void fill(nn::Linear &l) { l = nn::Linear(1, 1); } Tensor forward(Tensor x) { "
                  "return a(b(x)); } };"),
            "");
}

TEST(NullMembers, UnknownIsNotNull) {
  EXPECT_EQ(nulls("using namespace torch; void elsewhere(nn::Linear &); struct Net : nn::Module { "
                  "nn::Linear a{nullptr};"
                  " Net() { elsewhere(a); } Tensor forward(Tensor x) { return a(x); } };"),
            "");
  EXPECT_EQ(nulls("using namespace torch; struct Net : nn::Module { nn::Linear a{nullptr}; Net();"
                  " Tensor forward(Tensor x) { return a(x); } };"),
            "");
}

TEST(NullMembers, OfHelpersAndBases) {
  llvm::StringRef Members = "nn::Linear fc{nullptr}; Tensor run(Tensor x) { return fc(x); }";
  llvm::StringRef Body = "if (n > 1) fc = register_module(\"fc\", nn::Linear(n, n));";
  EXPECT_EQ(nulls(net(Members, Body, "return run(x);")), "fc:used('n > 1' is false)");
  EXPECT_EQ(nulls(net(Members, Body, "return fc ? run(x) : x;")),
            "fc:guarded('n > 1' is false) optional");
}

TEST(NullMembers, MadeTogetherAreThereTogether) {
  llvm::StringRef Members = "nn::Linear a{nullptr}, b{nullptr};";
  llvm::StringRef Both = "if (n > 1) { a = nn::Linear(n, n); b = nn::Linear(n, n); }";
  EXPECT_EQ(nulls(net(Members, Both, "return a ? b(x) : x;")),
            "a:guarded('n > 1' is false) b:guarded('n > 1' is false)");
  EXPECT_EQ(nulls(net(Members, Both, "return a ? a(x) : b(x);")),
            "a:guarded('n > 1' is false) b:used('n > 1' is false)");
}

TEST(NullMembers, NeedAConstructionThatTakesThePath) {
  std::string Net =
      net("nn::Linear fc{nullptr};", "if (n > 1) fc = nn::Linear(n, n);", "return fc(x);");
  EXPECT_EQ(nulls(Net + " void use() { Net with(2); }"), "");
  EXPECT_EQ(nulls(Net + " void use() { Net with(2), without(1); }"), "fc:used('n > 1' is false)");
}

TEST(NullMembers, DisagreeWhereTwoConstructorsDecideOnDifferentThings) {
  auto Two = [](llvm::StringRef Other) {
    return nulls(
        ("using namespace torch; struct Net : nn::Module { nn::Linear fc{nullptr}; bool on;"
         " Net(int n) : on(true) { if (n > 1) fc = nn::Linear(n, n); }"
         " Net(int n, int m) : on(true) { if (" +
         Other +
         ") fc = nn::Linear(n, n); }"
         " Tensor forward(Tensor x) { return on ? fc(x) : x; } };")
            .str());
  };
  EXPECT_EQ(Two("m > 1"), "fc:disagree('n > 1' is false)");
  EXPECT_EQ(Two("n > 1"), "fc:guarded('n > 1' is false)");
}

TEST(NullMembers, AreNotThoseGivenAModuleLater) {
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr}; void build() { fc = nn::Linear(1, 1); }", "",
                      "return fc(x);")),
            "");
  // An empty default constructor beside another: a holder is declared before it is filled.
  EXPECT_EQ(
      nulls(net("nn::Linear fc{nullptr}; Net() {}", "fc = nn::Linear(n, n);", "return fc(x);")),
      "");
}

} // namespace
