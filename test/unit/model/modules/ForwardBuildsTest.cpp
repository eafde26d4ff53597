// What a function that runs at every step does to modules.
#include "model/modules/ForwardBuilds.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string builds(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#define TANH nn::Tanh()\nusing namespace torch; struct BlockImpl : nn::Module {}; "
       "TORCH_MODULE(Block); struct Net : nn::Module { nn::Linear m{nullptr}, o{nullptr}; int n; "
       "Tensor forward(Tensor x) { " +
       Body + " return x; } };")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  ModuleModel Model(Graphs, Index);
  static constexpr llvm::StringLiteral Kinds[] = {
      "registers", "replaces", "constructs", "constructs mode", "stateless", "static", "assigns"};
  std::string Text;
  for (const ForwardBuild &Build : forwardBuilds(Snippet.find<FunctionDecl>("Net::forward"), Model))
    Text += Kinds[Build.Kind].str() + " " + Build.Name +
            (Build.Functional.empty() ? "" : "=" + Build.Functional) + "; ";
  return llvm::StringRef(Text).rtrim(" ;").str();
}

TEST(ForwardBuilds, TellWhatRunsAtEveryStep) {
  EXPECT_EQ(builds("register_module(\"a\", nn::Linear(1, 2));"), "registers register_module");
  EXPECT_EQ(builds("replace_module(\"a\", nn::Linear(1, 2));"), "replaces replace_module");
  EXPECT_EQ(builds("unregister_module(\"a\");"), "replaces unregister_module");
  EXPECT_EQ(builds("m = nn::Linear(1, 2);"), "constructs Linear");
  EXPECT_EQ(builds("m = o;"), "assigns m");
  EXPECT_EQ(builds("auto drop = nn::Dropout(0.5); drop(x);"), "constructs mode Dropout");
  EXPECT_EQ(builds("static nn::Linear once(1, 2); once(x);"), "static Linear");
  EXPECT_EQ(builds("auto p = std::make_shared<nn::LinearImpl>(1, 2); (void)p;"),
            "constructs Linear");
  EXPECT_EQ(builds("Block block; (void)block;"), "stateless Block");
}

TEST(ForwardBuilds, AreNothingWhereNobodyUsesThem) {
  EXPECT_EQ(builds("nn::Linear unused(1, 2);"), "");
}

TEST(ForwardBuilds, NameTheFunctionThatDoesTheSame) {
  EXPECT_EQ(builds("x = nn::ReLU()(x);"), "stateless ReLU=torch::relu");
  EXPECT_EQ(builds("x = nn::ReLU(true)(x);"), "stateless ReLU"); // in place
  EXPECT_EQ(builds("nn::ReLU act; x = act(x);"), "stateless ReLU");
  EXPECT_EQ(builds("x = TANH(x);"), "stateless Tanh"); // a macro's body
  EXPECT_EQ(builds("x = nn::ReLU()(nn::Tanh()(x));"),
            "stateless ReLU=torch::relu; stateless Tanh=torch::tanh");
}

TEST(ForwardBuilds, AreTheOutermostOnesInLambdasToo) {
  EXPECT_EQ(builds("nn::Sequential s(nn::Linear(1, 2), nn::ReLU()); (void)s;"),
            "constructs Sequential");
  EXPECT_EQ(builds("auto f = [&] { m = nn::Linear(1, 2); };"), "constructs Linear");
}

TEST(ForwardBuilds, AreNotReadsCopiesAndOtherMembers) {
  EXPECT_EQ(builds("x = m(x); auto alias = m; auto copy = m->clone(); n = 3;"), "");
  EXPECT_EQ(builds("nn::Linear local{nullptr}; local = m;"), "");
  EXPECT_EQ(builds("using Made = decltype(nn::Linear(1, 2)); n = sizeof(nn::Linear(1, 2));"), "");
  EXPECT_EQ(builds("struct Inner { Tensor run(Tensor x) { return nn::Linear(1, 2)(x); } };"), "");
}

} // namespace
