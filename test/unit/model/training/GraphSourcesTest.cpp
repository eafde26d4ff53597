// Where the graph of a tensor certainly comes from.
#include "model/training/GraphSources.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "run", "leaf" or "" for the tensor that `r` is initialised with.
std::string source(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("torch::Tensor helper(torch::nn::Linear n, torch::Tensor t) { return n(t); }"
       "torch::Tensor twice(torch::Tensor t) { return t + t; }"
       "void f(torch::nn::Linear fc, torch::nn::ReLU relu, torch::Tensor x) { " +
       Body + " }")
          .str());
  ProjectIndex Index(Snippet.context());
  GraphSources Sources(Index, Snippet.context());
  const VarDecl *Result = nullptr;
  for (const Stmt *S : Snippet.find<FunctionDecl>("f")->getBody()->children())
    if (const auto *Declaration = dyn_cast<DeclStmt>(S))
      if (const auto *Variable = dyn_cast<VarDecl>(Declaration->getSingleDecl()))
        Result = Variable;
  GraphSource Found = Sources.of(Result->getInit());
  return !Found ? "" : Found.IsLeaf ? "leaf" : "run";
}

TEST(GraphSources, AreRunsOfModels) {
  EXPECT_EQ(source("auto r = fc(x);"), "run");
  EXPECT_EQ(source("auto y = fc->forward(x); auto r = (y * 2).sum();"), "run");
  EXPECT_EQ(source("auto r = helper(fc, x);"), "run");
  EXPECT_EQ(source("auto y = fc(x); auto r = twice(y);"), "run");
  EXPECT_EQ(source("auto r = twice(x);"), "");
  EXPECT_EQ(source("auto r = relu(fc(x));"), "run");
  EXPECT_EQ(source("auto r = relu(x);"), "");
  EXPECT_EQ(source("auto r = x * 2;"), "");
}

TEST(GraphSources, AreLeavesThatRequireGrad) {
  EXPECT_EQ(source("auto r = torch::ones({1}, torch::requires_grad());"), "leaf");
  EXPECT_EQ(source("auto w = torch::ones({1}).requires_grad_(); auto r = w;"), "leaf");
  EXPECT_EQ(source("auto w = torch::ones({1}).requires_grad_(); auto r = w * 2;"), "run");
  EXPECT_EQ(source("auto r = fc->weight;"), "leaf");
  EXPECT_EQ(source("auto r = torch::ones({1}, torch::requires_grad(false));"), "");
}

TEST(GraphSources, EndWhereTheGraphIsCut) {
  EXPECT_EQ(source("auto r = fc(x).detach();"), "");
  EXPECT_EQ(source("auto r = fc(x).argmax(1);"), "");
  EXPECT_EQ(source("auto r = fc(x) > 0;"), "");
  EXPECT_EQ(source("torch::NoGradGuard g; auto r = fc(x);"), "");
  EXPECT_EQ(source("auto y = fc(x); y.detach_(); auto r = y * 2;"), "");
  EXPECT_EQ(source("for (auto &p : fc->parameters()) p.set_requires_grad(false); auto r = fc(x);"),
            "");
}

} // namespace
