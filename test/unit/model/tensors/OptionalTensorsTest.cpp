// Which expressions name a tensor that an option of its module leaves undefined.
#include "model/tensors/OptionalTensors.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "Library.Slot option", or "none", for the range in `void use(Linear fc, …) { <Body> }`.
std::string access(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using namespace torch::nn; using torch::Tensor;"
       "void use(Linear fc, LinearImpl &impl, BatchNorm2d norm, InstanceNorm1d "
       "instance, LayerNorm layer, Conv2d conv, LSTMCell cell, MultiheadAttention "
       "attention, Embedding table, torch::nn::Module &any, Tensor x) {" +
       Body + "}")
          .str());
  ProjectIndex Index(Snippet.context());
  std::optional<OptionalTensor> Found = optionalTensor(Snippet.within<Expr>(), Index);
  if (!Found)
    return "none";
  return (Found->Library + "." + Found->Slot + " " + Found->Option +
          (Found->Default ? "" : "=false") + (Found->Pointer ? " pointer" : ""))
      .str();
}

TEST(OptionalTensors, FollowTheOptionsOfEachLayer) {
  EXPECT_EQ(access("[[fc->bias]].zero_();"), "Linear.bias bias");
  EXPECT_EQ(access("[[impl.bias]].zero_();"), "Linear.bias bias");
  EXPECT_EQ(access("[[conv->bias]].zero_();"), "Conv2d.bias bias");
  EXPECT_EQ(access("[[norm->weight]].fill_(1);"), "BatchNorm2d.weight affine");
  EXPECT_EQ(access("[[instance->bias]].zero_();"), "InstanceNorm1d.bias affine=false");
  EXPECT_EQ(access("[[layer->weight]].fill_(1);"), "LayerNorm.weight elementwise_affine");
  EXPECT_EQ(access("[[cell->bias_hh]].zero_();"), "LSTMCell.bias_hh bias");
  EXPECT_EQ(access("[[attention->in_proj_bias]].zero_();"), "MultiheadAttention.in_proj_bias bias");
  EXPECT_EQ(access("[[attention->bias_k]].zero_();"),
            "MultiheadAttention.bias_k add_bias_kv=false");
}

TEST(OptionalTensors, AreNotWhatIsAlwaysThere) {
  EXPECT_EQ(access("[[fc->weight]].zero_();"), "none");
  EXPECT_EQ(access("[[table->weight]].zero_();"), "none");
  EXPECT_EQ(access("[[cell->weight_hh]].zero_();"), "none");
  EXPECT_EQ(access("[[norm->running_mean]].zero_();"), "none");
  EXPECT_EQ(access("[[x]].zero_();"), "none");
  EXPECT_EQ(access("struct Own { Tensor bias; } own; [[own.bias]].zero_();"), "none");
}

TEST(OptionalTensors, AreFollowedThroughLocalNamesThatAreNotRebound) {
  EXPECT_EQ(access("auto b = fc->bias; [[b]].zero_();"), "Linear.bias bias");
  EXPECT_EQ(access("auto &b = fc->bias; auto c = b; [[c]].zero_();"), "Linear.bias bias");
  EXPECT_EQ(access("auto b = fc->bias; b = torch::zeros({1}); [[b]].zero_();"), "none");
}

TEST(OptionalTensors, AreFoundByName) {
  EXPECT_EQ(access("auto *p = any.named_parameters().find(\"bias\"); ([[*p]]).zero_();"),
            ".bias bias pointer");
  EXPECT_EQ(access("auto *p = any.named_parameters().find(\"bias\"); [[p]]->zero_();"),
            ".bias bias pointer");
  EXPECT_EQ(access("auto *p = any.named_parameters().find(\"weight\"); ([[*p]]).zero_();"), "none");
}

} // namespace
