// Which modules end up registered, and what is stored where.
#include "model/facts/Registrations.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string net(llvm::StringRef Members, llvm::StringRef Body) {
  return ("#include <vector>\nusing namespace torch; void add(nn::Module &, nn::Linear &); void "
          "fill(nn::Linear &); struct Net : "
          "nn::Module { " +
          Members + " Net(int n) { " + Body + " } };")
      .str();
}

// Whether the member `m` of `Net` is registered, or what it holds element by element ("some" when
// not all).
std::string registered(llvm::StringRef Member, llvm::StringRef Body) {
  MarkedSnippet Snippet(net(Member, Body));
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
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

TEST(Registrations, ChildrenOfWhatIsRegisteredCountInAnyOrder) {
  EXPECT_EQ(
      registered(
          "nn::Linear m{nullptr};",
          "nn::Sequential s; register_module(\"s\", s); m = nn::Linear(1, 2); s->push_back(m);"),
      "yes");
  EXPECT_EQ(registered("nn::Linear m{nullptr};",
                       "nn::Sequential s; m = nn::Linear(1, 2); s->push_back(m);"),
            "no");
  // A parent is not registered with its child.
  EXPECT_EQ(registered("nn::Sequential m;",
                       "auto l = nn::Linear(1, 2); m->push_back(l); register_module(\"l\", l);"),
            "yes" /* its elements are */);
}

TEST(Registrations, AreFollowedThroughFunctions) {
  MarkedSnippet Snippet(
      "using namespace torch; struct Net : nn::Module { nn::Linear a{nullptr}, "
      "b{nullptr}, c{nullptr}; void add(nn::Linear l) { register_module(\"l\", l); } "
      "nn::Linear make() { return register_module(\"m\", nn::Linear(1, 1)); } "
      "nn::Linear plain() { return nn::Linear(1, 1); } Net() { a = nn::Linear(1, 1); "
      "add(a); b = make(); c = plain(); } };");
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  EXPECT_TRUE(Regs.isRegistered(Snippet.find<FieldDecl>("Net::a")));
  EXPECT_TRUE(Regs.isRegistered(Snippet.find<FieldDecl>("Net::b")));
  EXPECT_FALSE(Regs.isRegistered(Snippet.find<FieldDecl>("Net::c")));
}

// Who sees the module may register on it.
TEST(Registrations, AreUnknownWhereCodeOutOfViewSeesTheModule) {
  MarkedSnippet Snippet(net("nn::Linear m{nullptr}, o{nullptr};",
                            "m = nn::Linear(1, 1); add(*this, m); o = nn::Linear(1, 1); fill(o);"));
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  EXPECT_TRUE(Regs.isUnknown(Snippet.find<FieldDecl>("Net::m")));
  EXPECT_FALSE(Regs.isUnknown(Snippet.find<FieldDecl>("Net::o")));
}

TEST(Registrations, TellSitesAndStores) {
  MarkedSnippet Snippet(
      net("nn::Linear m{nullptr}, o{nullptr}; Tensor t;",
          "m = register_module(\"m\", [[nn::Linear(1, 1)]]); register_module(\"o\", "
          "o); t = register_buffer(\"t\", torch::ones({1}));"));
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  const auto *M = Snippet.find<FieldDecl>("Net::m"), *O = Snippet.find<FieldDecl>("Net::o");
  std::string For;
  for (const auto &[Site, In] : Regs.all())
    For += Regs.isFor(Site, M) ? "m" : Regs.isFor(Site, O) ? "o" : Site.isTensor() ? "t" : "-";
  EXPECT_EQ(For, "mot");
  EXPECT_TRUE(Regs.isRegisteredByName(M));
  ASSERT_EQ(Regs.stores(M).size(), 2u); // the initialiser is one
  EXPECT_FALSE(Regs.stores(M)[0].In);
  EXPECT_TRUE(Regs.isFresh(Regs.stores(M)[1]));
  const auto *Built = Regs.construction(Regs.stores(M)[1]);
  ASSERT_TRUE(Built);
  EXPECT_EQ(Snippet.offset(Built->getBeginLoc()),
            Snippet.offset(Snippet.within<Expr>()->getBeginLoc()));
}

TEST(Registrations, KnowTheChildrenOfAConstruction) {
  MarkedSnippet Snippet(
      "using namespace torch; void f() { nn::Sequential ^s{nn::ReLU(), nn::Tanh()}; "
      "s->push_back(nn::Linear(1, 1)); nn::Sequential other; }");
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  const Expr *Built = Regs.construction(Regs.stores(Snippet.at<VarDecl>())[0]);
  ASSERT_TRUE(Built);
  EXPECT_EQ(Regs.children(Built).size(), 3u);
}

} // namespace
