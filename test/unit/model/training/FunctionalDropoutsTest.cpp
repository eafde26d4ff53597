// Which calls of dropout have a mode of their own.
#include "model/training/FunctionalDropouts.h"
#include "MarkedSnippet.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Head = "namespace F = torch::nn::functional; using namespace torch; ";

// What the dropouts of a function's body are.
std::string kinds(llvm::StringRef Body) {
  MarkedSnippet Snippet((Head +
                         "void change(F::DropoutFuncOptions &); void f(Tensor x, double p, "
                         "bool flag, F::DropoutFuncOptions given) { " +
                         Body + " }")
                            .str());
  std::string Found;
  forEach<CallExpr>(Snippet.find<FunctionDecl>("f")->getBody(), [&](const CallExpr *Call) {
    static constexpr llvm::StringLiteral Names[] = {"default ", "literal ", "never "};
    if (auto Dropout = asFunctionalDropout(Call))
      Found += Names[Dropout->Is];
  });
  return llvm::StringRef(Found).rtrim().str();
}

TEST(FunctionalDropouts, AreOnByDefault) {
  EXPECT_EQ(kinds("F::dropout(x);"), "default");
  EXPECT_EQ(kinds("F::dropout2d(x, {}); F::dropout3d(x, F::Dropout3dFuncOptions().p(0.1));"),
            "default default");
  EXPECT_EQ(kinds("F::alpha_dropout(x); F::feature_alpha_dropout(x, "
                  "F::FeatureAlphaDropoutFuncOptions().p(p));"),
            "never never");
}

TEST(FunctionalDropouts, AreTold) {
  EXPECT_EQ(kinds("torch::dropout(x, p, true); at::feature_dropout_(x, p, true);"),
            "literal literal");
  EXPECT_EQ(kinds("F::dropout(x, F::DropoutFuncOptions().training(true));"), "literal");
  EXPECT_EQ(kinds("torch::dropout(x, p, flag); torch::dropout(x, p, false);"), "");
  EXPECT_EQ(kinds("F::dropout(x, F::DropoutFuncOptions().training(flag));"), "");
}

TEST(FunctionalDropouts, FollowOptionsInView) {
  const std::string Run = "F::dropout(x, o);";
  EXPECT_EQ(kinds("F::DropoutFuncOptions o;" + Run), "default");
  EXPECT_EQ(kinds("auto o = F::DropoutFuncOptions().p(0.1); o.inplace(true);" + Run), "default");
  EXPECT_EQ(kinds("F::DropoutFuncOptions o; o.training(true);" + Run), "literal");
  EXPECT_EQ(kinds("F::DropoutFuncOptions o; o.p(0.1).training(flag);" + Run), "");
  EXPECT_EQ(kinds("F::DropoutFuncOptions o; o.training() = flag;" + Run), "");
  EXPECT_EQ(kinds("F::DropoutFuncOptions o; change(o);" + Run), "");
  EXPECT_EQ(kinds("F::DropoutFuncOptions o = given;" + Run), "");
  EXPECT_EQ(kinds("F::dropout(x, given);"), "");
}

// How many a class has of which the forward decides.
unsigned count(llvm::StringRef Forward, llvm::StringRef Class = "Net") {
  MarkedSnippet Snippet((Head + "struct " + Class + " : nn::Module { Tensor forward(Tensor x) { " +
                         Forward + " return x; } double rate = 0.5; double none = 0; };")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  unsigned Count = 0;
  forEachFunctionalDropout(
      Snippet.find<CXXRecordDecl>(Class), [&]() -> const ProjectIndex & { return Index; }, Graphs,
      [&](const FunctionDecl *, const FunctionalDropout &) { ++Count; });
  return Count;
}

TEST(FunctionalDropouts, DropInBothModes) {
  EXPECT_EQ(count("F::dropout(x); torch::dropout(x, rate, true);"), 2u);
  EXPECT_EQ(count("F::dropout(x);", "MCNet"), 0u);
  EXPECT_EQ(count("if (is_training()) F::dropout(x);"), 0u);
  EXPECT_EQ(count("if (is_training()) F::alpha_dropout(x);"), 1u);
  EXPECT_EQ(count("torch::dropout(x, 0, true); torch::dropout(x, none, true);"), 0u);
  EXPECT_EQ(count("double p = is_training() ? 0.5 : 0; torch::dropout(x, p, true);"), 0u);
  EXPECT_EQ(count("F::AlphaDropoutFuncOptions o; if (is_training()) o.training(true); "
                  "F::alpha_dropout(x, o);"),
            0u);
}

} // namespace
