// What is stored where, built where, called where.
#include "model/facts/ProjectIndex.h"
#include "MarkedSnippet.h"
#include "model/facts/Registrations.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(ProjectIndex, CollectsEveryValueOfAName) {
  MarkedSnippet Snippet("struct S { int a = 1; int b = 2; S() : a(3) {} void set() { a = 4; "
                        "this->a = 5; b = 6; } }; void use(S &s) { s.a = 7; int local = 8; local "
                        "= 9; local += 10; }");
  ProjectIndex Index(Snippet.context());
  // The default initialiser, the constructor's and the three assignments.
  EXPECT_EQ(Index.valuesOf(Snippet.find<FieldDecl>("S::a")).size(), 5u);
  EXPECT_EQ(Index.valuesOf(Snippet.find<FieldDecl>("S::b")).size(), 2u);
}

TEST(ProjectIndex, CountsValuesOfLocals) {
  MarkedSnippet Snippet("void use() { int ^x = 8; x = 9; x += 10; }");
  ProjectIndex Index(Snippet.context());
  EXPECT_EQ(Index.valuesOf(Snippet.at<VarDecl>()).size(), 2u);
}

TEST(ProjectIndex, CollectsElements) {
  MarkedSnippet Snippet("#include <vector>\nusing namespace torch::nn; struct Net { "
                        "std::vector<Linear> layers; Net() { layers.push_back(Linear(1, 2)); "
                        "layers.emplace_back(1, 2); layers[0] = Linear(3, 4); } };");
  ProjectIndex Index(Snippet.context());
  const auto *Layers = Snippet.find<FieldDecl>("Net::layers");
  Registrations Regs(Snippet.context(), Index);
  EXPECT_EQ(Regs.elementStores(Layers).size(), 3u);
  EXPECT_EQ(Regs.elementsNamed(Layers).size(), 3u);
  EXPECT_EQ(Index.valuesOf(Layers).size(), 0u);
}

TEST(ProjectIndex, SaysWhenAValueCannotBeFollowed) {
  MarkedSnippet Snippet(
      "using namespace torch::nn; void fill(Linear &l) { l = Linear(1, 2); } void "
      "elsewhere(Linear &l); struct Net { Linear a{nullptr}, b{nullptr}; void "
      "use() { fill(a); elsewhere(b); } };");
  ProjectIndex Index(Snippet.context());
  // What the helper in view stores is stored in the member; another may store anything.
  auto A = Index.valuesOf(Snippet.find<FieldDecl>("Net::a"));
  ASSERT_EQ(A.size(), 2u);
  EXPECT_NE(A.back(), nullptr);
  auto B = Index.valuesOf(Snippet.find<FieldDecl>("Net::b"));
  ASSERT_EQ(B.size(), 2u);
  EXPECT_EQ(B.back(), nullptr);
}

TEST(ProjectIndex, KnowsConstructionsAndCalls) {
  MarkedSnippet Snippet("using namespace torch::nn; void helper() {} struct Net { Linear fc{1, 2}; "
                        "Net() { auto c = std::make_shared<Conv2dImpl>(Conv2dOptions(1, 2, 3)); "
                        "Linear alias = fc; helper(); } }; void use() { helper(); }");
  ProjectIndex Index(Snippet.context());
  std::string Built;
  for (const ProjectIndex::Construction &C : Index.constructions())
    Built += C.Module->getName().str() + "@" + (C.Class ? C.Class->getName().str() : "-") + " ";
  EXPECT_EQ(Built, "LinearImpl@Net Conv2dImpl@Net "); // a copy of a holder builds nothing
  EXPECT_EQ(Index.callsOf(Snippet.find<FunctionDecl>("helper")).size(), 2u);
}

TEST(ProjectIndex, KnowsLoopsAndCallbacks) {
  MarkedSnippet Snippet("#include <vector>\nusing namespace torch::nn; static void reset(Module &) "
                        "{} static void unused(Module &) {} void use(Linear net, std::vector<int> "
                        "v) { net->apply(reset); net->apply([](Module &$m^m) {}); for (int "
                        "$each^each : v) ; }");
  ProjectIndex Index(Snippet.context());
  EXPECT_EQ(Index.callsTaking(Snippet.find<FunctionDecl>("reset")).size(), 1u);
  EXPECT_TRUE(Index.callsTaking(Snippet.find<FunctionDecl>("unused")).empty());
  EXPECT_NE(Index.rangeOf(Snippet.at<VarDecl>("each")), nullptr);
  const LambdaExpr *Lambda = Index.lambdaOf(Snippet.at<ParmVarDecl>("m"));
  ASSERT_NE(Lambda, nullptr);
  EXPECT_NE(Index.callTaking(Lambda), nullptr);
}

} // namespace
