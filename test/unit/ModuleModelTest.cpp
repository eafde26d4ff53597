// What the model says of constructors, registrations and forward, on snippets with the real
// headers.
#include "model/modules/ModuleModel.h"
#include "ParseSnippet.h"
#include "model/TorchFacts.h"
#include "model/facts/ProjectIndex.h"
#include "model/modules/NullMembers.h"
#include "gtest/gtest.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::find;
using torchtidy::test::parse;

namespace {

// Members of `Net` that some constructor leaves null, by name, with their tier and condition.
std::string nulls(llvm::StringRef Code) {
  auto Unit = parse(Code);
  TorchFacts Facts(Unit->getASTContext());
  std::string Text;
  const auto *Net = find<CXXRecordDecl>(*Unit, "Net");
  for (const NullMember &Member :
       nullMembers(Net->getDefinition(), Facts.modules(), Facts.index())) {
    static constexpr llvm::StringLiteral Tiers[] = {"used", "disagree", "guarded", "never"};
    Text += Member.Field->getName().str() + ":" + Tiers[Member.Kind].str();
    if (!Member.Paths[0].Condition.empty())
      Text += "(" + Member.Paths[0].Condition + ")";
    Text += " ";
  }
  return llvm::StringRef(Text).rtrim().str();
}

std::string net(llvm::StringRef Members, llvm::StringRef Body,
                llvm::StringRef Forward = "return x;") {
  return ("using namespace torch; struct Net : nn::Module { " + Members + " Net(int n) { " + Body +
          " } Tensor forward(Tensor x) { " + Forward + " } };")
      .str();
}

TEST(ConstructorPaths, DocumentedIdiomIsSilent) {
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", "fc = register_module(\"fc\", nn::Linear(n, n));",
                      "return fc(x);")),
            "");
}

TEST(ConstructorPaths, TellsTheConditionAndTheTier) {
  llvm::StringRef Body = "if (n > 1) fc = register_module(\"fc\", nn::Linear(n, n));";
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", Body, "return fc->forward(x);")),
            "fc:used('n > 1' is false)");
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", Body, "return fc ? fc->forward(x) : x;")),
            "fc:guarded('n > 1' is false)");
  EXPECT_EQ(nulls(net("nn::Linear fc{nullptr};", "")), "fc:never");
}

TEST(ConstructorPaths, FollowsBranchesThrowsLoopsAndSwitches) {
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

TEST(ConstructorPaths, FollowsHelpersDelegationAndReferences) {
  EXPECT_EQ(nulls("using namespace torch; struct Net : nn::Module { nn::Linear a{nullptr}, "
                  "b{nullptr}; Net() : Net(3) {}"
                  " Net(int n) { setup(n); fill(b); } void setup(int n) { a = nn::Linear(n, n); }"
                  " void fill(nn::Linear &l) { l = nn::Linear(1, 1); } Tensor forward(Tensor x) { "
                  "return a(b(x)); } };"),
            "");
}

TEST(ConstructorPaths, UnknownIsNotNull) {
  EXPECT_EQ(nulls("using namespace torch; void elsewhere(nn::Linear &); struct Net : nn::Module { "
                  "nn::Linear a{nullptr};"
                  " Net() { elsewhere(a); } Tensor forward(Tensor x) { return a(x); } };"),
            "");
  EXPECT_EQ(nulls("using namespace torch; struct Net : nn::Module { nn::Linear a{nullptr}; Net();"
                  " Tensor forward(Tensor x) { return a(x); } };"),
            "");
}

// Whether the member `m` of `Net` is registered, or what it holds element by element ("some" when
// not all).
std::string registered(llvm::StringRef Member, llvm::StringRef Body) {
  auto Unit = parse(net(Member, Body));
  ProjectIndex Index(Unit->getASTContext());
  Registrations Regs(Unit->getASTContext(), Index);
  const auto *Field = find<FieldDecl>(*Unit, "Net::m");
  auto Elements = Regs.elementStores(Field);
  if (Elements.empty())
    return Regs.isRegistered(Field) ? "yes" : "no";
  unsigned Count =
      llvm::count_if(Elements, [&](const auto &Store) { return Regs.isRegistered(Store); });
  return Count == Elements.size() ? "yes" : Count ? "some" : "no";
}

TEST(Registrations, EveryFormCounts) {
  for (llvm::StringRef Body :
       {"m = register_module(\"m\", nn::Linear(1, 2));",
        "m = nn::Linear(1, 2); register_module(\"m\", m);",
        "auto l = nn::Linear(1, 2); register_module(\"m\", l); m = l;",
        "auto l = register_module(\"m\", nn::Linear(1, 2)); m = l;",
        "m = nn::Linear(1, 2); nn::Sequential s(m); register_module(\"s\", s);",
        "nn::Sequential s; m = nn::Linear(1, 2); s->push_back(m); register_module(\"s\", s);"})
    EXPECT_EQ(registered("nn::Linear m{nullptr};", Body), "yes") << Body.str();
  EXPECT_EQ(registered("nn::Linear m{nullptr};", "m = nn::Linear(1, 2);"), "no");
}

TEST(Registrations, ElementsOfContainers) {
  for (llvm::StringRef Body :
       {"m.push_back(register_module(\"a\", nn::Linear(1, 2)));",
        "m.push_back(nn::Linear(1, 2)); register_module(\"a\", m.back());",
        "auto l = nn::Linear(1, 2); m.push_back(l); register_module(\"a\", l);",
        "m.emplace_back(1, 2); for (auto &l : m) register_module(\"a\", l);",
        "m.push_back(nn::Linear(1, 2)); for (int i = 0; i < n; ++i) register_module(\"a\", m[i]);"})
    EXPECT_EQ(registered("std::vector<nn::Linear> m;", Body), "yes") << Body.str();
  EXPECT_EQ(registered("std::vector<nn::Linear> m;", "m.push_back(nn::Linear(1, 2));"), "no");
  EXPECT_EQ(
      registered(
          "std::vector<nn::Linear> m;",
          "m.push_back(register_module(\"a\", nn::Linear(1, 2))); m.push_back(nn::Linear(3, 4));"),
      "some");
}

TEST(ForwardReach, GoesThroughHelpersOnThis) {
  auto Unit =
      parse("using namespace torch; struct Net : nn::Module { Tensor helper(Tensor x) { return "
            "deeper(x); }"
            " Tensor deeper(Tensor x) { return x; } Tensor loss(Tensor x) { return x; }"
            " Tensor forward(Tensor x) { auto f = [&] { return helper(x); }; return f(); } };");
  std::string Names;
  for (const auto &Entry : forwardReach(find<CXXRecordDecl>(*Unit, "Net")->getDefinition()))
    Names += Entry.first->getNameAsString() + " ";
  EXPECT_EQ(Names, "forward helper deeper ");
}

} // namespace
