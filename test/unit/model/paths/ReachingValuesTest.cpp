// Which of its values a local may have at a place.
#include "model/paths/ReachingValues.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

size_t values(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("int one(); int two(); void use(int); void f(bool b) { int x = one(); " + Body + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  const VarDecl *Variable = nullptr;
  for (const Decl *D : Snippet.find<FunctionDecl>("f")->decls())
    if (const auto *Local = dyn_cast<VarDecl>(D); Local && Local->getName() == "x")
      Variable = Local;
  return valuesFrom(Variable, Snippet.within<CallExpr>(), Graphs, Index).size();
}

TEST(ReachingValues, AreThoseThatNoOtherReplaces) {
  EXPECT_EQ(values("[[use(x)]];"), 1u);
  EXPECT_EQ(values("x = two(); [[use(x)]];"), 1u);
  EXPECT_EQ(values("if (b) x = two(); [[use(x)]];"), 2u);
}

TEST(ReachingValues, AreThoseGivenLaterToo) { EXPECT_EQ(values("[[use(x)]]; x = two();"), 2u); }

} // namespace
