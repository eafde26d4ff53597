// What makes a tensor expression a parameter.
#include "model/tensors/Parameters.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string parameter(llvm::StringRef Body) {
  MarkedSnippet Snippet(("using torch::Tensor; struct Net : torch::nn::Module { torch::nn::Linear "
                         "fc{1, 2}; Tensor w, b, frozen, plain; Net() { w = "
                         "register_parameter(\"w\", torch::ones({1})); b = register_buffer(\"b\", "
                         "torch::ones({1})); frozen = register_parameter(\"frozen\", "
                         "torch::ones({1}), false); } void use(Tensor x) { " +
                         Body + " } };")
                            .str());
  ProjectIndex Index(Snippet.context());
  static constexpr llvm::StringLiteral Kinds[] = {"none", "layer", "member", "element"};
  return Kinds[parameterSource(stripViews(Snippet.within<Expr>()), Index).What].str();
}

TEST(Parameters, AreOfLayersMembersAndLists) {
  EXPECT_EQ(parameter("[[fc->weight]].zero_();"), "layer");
  EXPECT_EQ(parameter("[[w]].zero_();"), "member");
  EXPECT_EQ(parameter("for (auto &p : parameters()) [[p]].zero_();"), "element");
  EXPECT_EQ(parameter("for (auto &i : named_parameters()) [[i.value()]].zero_();"), "element");
  EXPECT_EQ(parameter("([[*named_parameters().find(\"w\")]]).zero_();"), "element");
}

TEST(Parameters, AreNotBuffersNorPlainOrFrozenTensors) {
  EXPECT_EQ(parameter("[[b]].zero_();"), "none");
  EXPECT_EQ(parameter("[[plain]].zero_();"), "none");
  EXPECT_EQ(parameter("[[frozen]].zero_();"), "none");
  EXPECT_EQ(parameter("[[x]].zero_();"), "none");
  EXPECT_EQ(parameter("for (auto &p : buffers()) [[p]].zero_();"), "none");
}

TEST(Parameters, AreFollowedThroughViewsAndNames) {
  EXPECT_EQ(parameter("[[w.select(0, 1).mul_(2)]].zero_();"), "member");
  EXPECT_EQ(parameter("auto v = w[0]; [[v]].zero_();"), "member");
  EXPECT_EQ(parameter("auto v = fc->weight.t(); [[v]].zero_();"), "layer");
  EXPECT_EQ(parameter("auto v = fc->weight; v = x; [[v]].zero_();"), "none");
  EXPECT_EQ(parameter("[[w.clone()]].zero_();"), "none");
}

} // namespace
