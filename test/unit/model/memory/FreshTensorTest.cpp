// Whether a tensor that an expression makes is nobody else's.
#include "model/memory/FreshTensor.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

struct Answer {
  bool Values, Object, MayCopy;
};

// Of the initialiser of `r`.
Answer freshness(llvm::StringRef Init) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; Tensor global; void f(Tensor x, torch::nn::Linear fc) "
       "{ Tensor local = torch::ones({2}); Tensor r = " +
       Init + "; }")
          .str());
  ProjectIndex Index(Snippet.context());
  const Expr *E = nullptr;
  for (const Decl *D : Snippet.find<FunctionDecl>("f")->decls())
    if (const auto *Variable = dyn_cast<VarDecl>(D); Variable && Variable->getName() == "r")
      E = Variable->getInit();
  Fresh Values = hasFreshValues(E, Index);
  return {Values.Is, isFreshObject(E, Index).Is, Values.MayCopy != nullptr};
}

TEST(FreshTensor, IsTheResultOfAnOperation) {
  EXPECT_TRUE(freshness("x + 1").Values);
  EXPECT_TRUE(freshness("torch::relu(x)").Values);
  EXPECT_TRUE(freshness("fc(x)").Values);
  EXPECT_TRUE(freshness("torch::relu(x)[0]").Values);
  EXPECT_TRUE(freshness("x.clone()").Values);
}

TEST(FreshTensor, IsNoViewOfANamedOne) {
  EXPECT_FALSE(freshness("x[0]").Values);
  EXPECT_FALSE(freshness("global.detach()").Values);
  EXPECT_FALSE(freshness("x").Values);
  // Its sizes are the view's own.
  EXPECT_TRUE(freshness("x[0]").Object);
  EXPECT_FALSE(freshness("x").Object);
}

TEST(FreshTensor, NamesWhatOnlyMayCopy) {
  EXPECT_TRUE(freshness("x.cpu()").MayCopy);
  EXPECT_FALSE(freshness("x.clone()").MayCopy);
}

} // namespace
