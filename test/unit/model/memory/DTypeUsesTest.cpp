// Where LibTorch asks a tensor for a certain dtype.
#include "model/memory/DTypeUses.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The dtypes among a few that the only use does not bear; "-" where there is none.
std::string refused(llvm::StringRef Expression) {
  MarkedSnippet Snippet(
      ("namespace F = torch::nn::functional; void f(torch::Tensor x, torch::Tensor y, "
       "torch::nn::Embedding net, char *bytes) { " +
       Expression + "; }")
          .str());
  std::string Found;
  unsigned Uses = 0;
  forEachDTypeUse(Snippet.find<FunctionDecl>("f"), Snippet.context(), [&](const DTypeUse &Use) {
    ++Uses;
    for (DType Is : {DType::Byte, DType::Int, DType::Long, DType::Float, DType::Bool})
      if (refuses(Use, Is, Snippet.context()))
        Found += (Found.empty() ? "" : " ") + nameOf(Is).str();
  });
  return Uses == 0 ? "-" : Found;
}

TEST(DTypeUses, ArePointers) {
  EXPECT_EQ(refused("x.data_ptr<int>()"), "Byte Long Float Bool");
  EXPECT_EQ(refused("x.accessor<float, 2>()"), "Byte Int Long Bool");
  EXPECT_EQ(refused("x.data_ptr<uint8_t>()"), "Int Long Float Bool");
  EXPECT_EQ(refused("(int *)x.data_ptr()"), "Long Float Bool");
  EXPECT_EQ(refused("static_cast<unsigned *>(x.data_ptr())"), "Long Bool");
  EXPECT_EQ(refused("memcpy(bytes, (int *)x.data_ptr(), 4)"), "-");
  EXPECT_EQ(refused("(char *)x.data_ptr()"), "");
  EXPECT_EQ(refused("x.data_ptr()"), "-");
}

TEST(DTypeUses, AreIndices) {
  EXPECT_EQ(refused("x.gather(0, y)"), "Byte Float Bool");
  EXPECT_EQ(refused("torch::gather(x, 0, y)"), "Byte Float Bool");
  EXPECT_EQ(refused("x.take(y)"), "Byte Int Float Bool");
  EXPECT_EQ(refused("net(y)"), "Byte Float Bool");
  EXPECT_EQ(refused("F::cross_entropy(x, y)"), "Int Bool");
}

TEST(DTypeUses, AreGradients) {
  EXPECT_EQ(refused("x.requires_grad_()"), "Byte Int Long Bool");
  EXPECT_EQ(refused("x.requires_grad_(false)"), "-");
  EXPECT_EQ(refused("torch::arange(3, torch::requires_grad())"), "Byte Int Long Bool");
  EXPECT_EQ(refused("at::arange(3, torch::requires_grad())"), "-");
}

unsigned passed(llvm::StringRef Body, llvm::StringRef Argument) {
  MarkedSnippet Snippet(("using torch::Tensor; Tensor g(Tensor x, Tensor y, bool b) { " + Body +
                         " } void f(Tensor x) { g(x, " + Argument + ", true); }")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  KnownDTypes DTypes(Graphs, Index);
  unsigned Count = 0;
  const auto *Function = Snippet.find<FunctionDecl>("g");
  forEachDTypeUse(Function, Snippet.context(), [&](const DTypeUse &Use) {
    Count += refusedArguments(Use, Function, DTypes, Index, Snippet.context()).size();
  });
  return Count;
}

TEST(DTypeUses, AreAskedOfCallersWhereTheyAlwaysRun) {
  EXPECT_EQ(passed("return x.gather(0, y);", "torch::zeros({2})"), 1u);
  EXPECT_EQ(passed("return x.gather(0, y.view({-1}));", "torch::zeros({2})"), 1u);
  EXPECT_EQ(passed("return x.gather(0, y);", "x.argmax(0)"), 0u);
  EXPECT_EQ(passed("return x.gather(0, y.to(torch::kLong));", "torch::zeros({2})"), 0u);
  EXPECT_EQ(passed("return b ? x.gather(0, y) : x;", "torch::zeros({2})"), 0u);
  EXPECT_EQ(passed("if (b) return x; return x.gather(0, y);", "torch::zeros({2})"), 0u);
  EXPECT_EQ(passed("y = x.argmax(0); return x.gather(0, y);", "torch::zeros({2})"), 0u);
}

} // namespace
