// What runs a model, and which models have parameters or behave otherwise in training.
#include "model/torch/ModelRuns.h"
#include "MarkedSnippet.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr char Classes[] = R"(
  struct NetImpl : torch::nn::Module {
    torch::nn::Linear fc{nullptr};
    torch::nn::Sequential body{torch::nn::Linear(1, 1), torch::nn::Dropout(0.5)};
    torch::Tensor forward(torch::Tensor x) { return this->forward(x); }
  };
  struct Plain : torch::nn::Module { torch::nn::ReLU relu; };
  struct Own : torch::nn::Module { Own() { register_parameter("p", torch::ones({1})); } };
  struct Deep : torch::nn::Module { std::vector<std::shared_ptr<NetImpl>> nets; };
)";

TEST(ModelRuns, AreCallsOfModules) {
  MarkedSnippet Snippet("void f(torch::nn::Linear fc, std::shared_ptr<torch::nn::LinearImpl> p,"
                        " torch::nn::LinearImpl &r, torch::Tensor x) {"
                        " fc(x); fc->forward(x); p->forward(x); r.forward(x); fc->weight.sum(); }");
  std::string Found;
  forEach<CallExpr>(Snippet.find<FunctionDecl>("f")->getBody(),
                    [&](const CallExpr *Call) { Found += asModelRun(Call) ? "r" : ""; });
  EXPECT_EQ(Found, "rrrr");
}

TEST(ModelRuns, OfThemselvesAreNone) {
  MarkedSnippet Snippet(Classes);
  EXPECT_FALSE(
      anyDescendant<CallExpr>(Snippet.find<FunctionDecl>("NetImpl::forward")->getBody(),
                              [](const CallExpr *Call) { return asModelRun(Call).has_value(); }));
}

TEST(Models, HaveParametersThroughMembersAndRegistrations) {
  MarkedSnippet Snippet(Classes);
  EXPECT_TRUE(hasParameters(Snippet.find<CXXRecordDecl>("NetImpl")));
  EXPECT_TRUE(hasParameters(Snippet.find<CXXRecordDecl>("Own")));
  EXPECT_TRUE(hasParameters(Snippet.find<CXXRecordDecl>("Deep")));
  EXPECT_FALSE(hasParameters(Snippet.find<CXXRecordDecl>("Plain")));
  EXPECT_FALSE(hasParameters(nullptr));
}

TEST(Models, HaveLayersThatDependOnTheMode) {
  MarkedSnippet Snippet(std::string(Classes) +
                        "struct Norm : torch::nn::Module { torch::nn::BatchNorm2d norm{4}; };"
                        "struct Script { torch::nn::LayerNorm norm{nullptr}; };");
  EXPECT_EQ(modeDependentLayer(Snippet.find<CXXRecordDecl>("Norm")), "BatchNorm2d");
  EXPECT_EQ(modeDependentLayer(Snippet.find<CXXRecordDecl>("Plain")), "");
}

TEST(ScriptModules, AreNoModules) {
  MarkedSnippet Snippet("void f(torch::nn::Linear fc, torch::Tensor x) {}");
  for (const ParmVarDecl *P : Snippet.find<FunctionDecl>("f")->parameters())
    EXPECT_FALSE(isScriptModule(P->getType()));
}

} // namespace
