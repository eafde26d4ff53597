// What a hook hangs on, and how long that lives.
#include "model/hooks/HookTargets.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

HookTarget target(MarkedSnippet &Snippet) {
  std::optional<HookSite> Site = hookSite(*Snippet.at<CallExpr>(), {}, Snippet.context());
  return Site ? hookTarget(*Site, Snippet.context()) : HookTarget();
}

std::string life(llvm::StringRef Before, llvm::StringRef Target) {
  MarkedSnippet Snippet(("using torch::Tensor; Tensor global; struct Part { Tensor t; }; struct "
                         "Net : torch::nn::Module { torch::nn::Linear "
                         "fc{nullptr}; Tensor member; Part part; std::vector<Tensor> list; Tensor "
                         "elsewhere(); void use(Tensor given, Tensor x, "
                         "torch::nn::Linear layer, bool b) { " +
                         Before + " " + Target +
                         ".^register_hook([](Tensor g) { return g; }); } };")
                            .str());
  HookTarget Found = target(Snippet);
  static constexpr llvm::StringLiteral Lives[] = {"unknown", "lasting", "parameter of the function",
                                                  "leaf", "graph"};
  return (Lives[static_cast<int>(Found.Life)] + (Found.What.empty() ? "" : ": ") + Found.What)
      .str();
}

TEST(HookTargets, LastWhereTheirHolderDoes) {
  EXPECT_EQ(life("", "fc->weight"), "lasting: parameter");
  EXPECT_EQ(life("", "member"), "lasting: data member");
  EXPECT_EQ(life("", "part.t"), "lasting: data member");
  EXPECT_EQ(life("", "list[0]"), "lasting: data member");
  EXPECT_EQ(life("static Tensor s;", "s"), "lasting: static variable");
  EXPECT_EQ(life("", "global"), "lasting: static variable");
  EXPECT_EQ(life("auto w = fc->weight;", "w"), "lasting: parameter");
  EXPECT_EQ(life("", "parameters()[0]"), "lasting: parameter");
}

TEST(HookTargets, DieWithTheGraph) {
  EXPECT_EQ(life("auto out = layer(x);", "out"), "graph");
  EXPECT_EQ(life("auto out = x * 2;", "out"), "graph");
  EXPECT_EQ(life("", "fc->weight.t()"), "graph");
  EXPECT_EQ(life("auto t = torch::ones({2}); t = layer(t);", "t"), "graph");
  EXPECT_EQ(life("auto t = torch::ones({2}); t = b ? t : layer(t);", "t"), "graph");
}

TEST(HookTargets, AreTheFunctionsOwnOrItsCallers) {
  EXPECT_EQ(life("", "given"), "parameter of the function");
  EXPECT_EQ(life("auto leaf = torch::ones({2});", "leaf"), "leaf");
  EXPECT_EQ(life("auto leaf = torch::ones({2}).set_requires_grad(true);", "leaf"), "leaf");
  EXPECT_EQ(life("", "elsewhere()"), "unknown");
  EXPECT_EQ(life("Tensor w = w;", "w"), "unknown");
}

TEST(HookTargets, OfALoopComeFromItsRange) {
  EXPECT_EQ(life("for (auto &p : parameters())", "p"), "lasting: parameter");
  EXPECT_EQ(life("for (auto &p : named_parameters())", "p.value()"), "lasting: parameter");
  EXPECT_EQ(life("std::vector<Tensor> own; for (auto &t : own)", "t"), "unknown");
}

TEST(HookTargets, OfCallbacksAreTheProcess) {
  MarkedSnippet Snippet(
      "void use() { ^at::addGlobalCallback(at::RecordFunctionCallback(nullptr)); }");
  EXPECT_EQ(target(Snippet).Life, Lifetime::Lasting);
  EXPECT_EQ(target(Snippet).What, "process");
}

TEST(HookTargets, NameTheVariable) {
  MarkedSnippet Snippet(
      "void use(torch::Tensor $w^w) { w.^register_hook([](torch::Tensor g) { return g; }); }");
  EXPECT_EQ(target(Snippet).Variable, Snippet.at<VarDecl>("w"));
}

} // namespace
