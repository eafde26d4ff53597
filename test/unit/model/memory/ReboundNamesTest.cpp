// Names that stand for a tensor kept elsewhere, and are given another one that nothing reads.
#include "model/memory/ReboundNames.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "name kind", with the offset in front if it is not the mark's.
std::string found(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; void f(Tensor p, Tensor &r, std::vector<Tensor> &all,"
       " torch::nn::Linear net) { " +
       Body + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  std::string Text;
  forEachReboundName(Snippet.find<FunctionDecl>("f"), Graphs, [&](const ReboundName &Found) {
    static constexpr llvm::StringLiteral Kinds[] = {"local", "parameter", "element"};
    EXPECT_EQ(Found.StandsFor == nullptr, Found.Kind == ReboundName::Parameter);
    Text += Found.Name->getName().str() + " " + Kinds[Found.Kind].str() + "; ";
  });
  return llvm::StringRef(Text).rtrim("; ").str();
}

TEST(ReboundNames, StandForAnotherObjectsTensor) {
  EXPECT_EQ(found("auto g = p.grad(); g = g * 2;"), "g local");
  EXPECT_EQ(found("Tensor w = net->weight; w = torch::zeros_like(w);"), "w local");
  EXPECT_EQ(found("p = p + 1;"), "p parameter");
  EXPECT_EQ(found("for (auto t : all) t = t + 1;"), "t element");
  EXPECT_EQ(found("for (auto &t : net->parameters()) t = t + 1;"), "t element");
}

TEST(ReboundNames, AreNoneWhereTheNameIsTheTensor) {
  EXPECT_EQ(found("r = r + 1; all[0] = r + 1; for (auto &t : all) t = t + 1;"), "");
  EXPECT_EQ(found("Tensor own = torch::ones({2}); own = own + 1;"), "");
}

TEST(ReboundNames, AreNotReadAfterwards) {
  EXPECT_EQ(found("p = p + 1; r.copy_(p);"), "");
  EXPECT_EQ(found("for (int i = 0; i < 3; ++i) p = p + 1;"), "");
  EXPECT_EQ(found("p = p + 1; auto *pointer = &p;"), "");
}

TEST(ReboundNames, GetWhatAnOperationMakes) {
  EXPECT_EQ(found("p = Tensor();"), "");
  EXPECT_EQ(found("p = net(p);"), "");
}

} // namespace
