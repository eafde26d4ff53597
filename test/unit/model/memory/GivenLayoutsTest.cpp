// Functions that take the memory of a parameter for dense, and what callers give them.
#include "model/memory/GivenLayouts.h"
#include "MarkedSnippet.h"
#include "model/syntax/Callee.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What is wrong in the body of f(x) where it is called so: "index permute".
std::string uses(llvm::StringRef Body, llvm::StringRef Calls) {
  MarkedSnippet Snippet(("void kernel(const float *, float *);\n"
                         "void f(const torch::Tensor &x, int i, int j) { " +
                         Body +
                         " }\nvoid g(const torch::Tensor &x) { f(x, 1, 2); }\n"
                         "void h(torch::Tensor y) { " +
                         Calls + " }")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Text;
  forEachDenseUse(
      Snippet.find<FunctionDecl>("f"), Graphs, [&]() -> const ProjectIndex & { return Index; },
      [&](const DenseUse &Found) {
        Text += Found.Is == DenseUse::ByIndex ? "index " : "like ";
        Text += calleeName(Found.Given.Of.Maker).str();
      });
  return Text;
}

constexpr llvm::StringLiteral Dense =
    "auto *p = x.data_ptr<float>(); auto n = x.size(1); p[i * n + j] = 1;";
constexpr llvm::StringLiteral Like = "auto c = x.contiguous(), l = torch::zeros_like(x); "
                                     "kernel(c.data_ptr<float>(), l.data_ptr<float>());";

TEST(GivenLayouts, AreThoseOfCallersInView) {
  EXPECT_EQ(uses(Dense, "f(y.t(), 1, 2);"), "index t");
  EXPECT_EQ(uses(Dense, "g(y.transpose(0, 1));"), "index transpose");
  EXPECT_EQ(uses(Dense, "auto z = y.slice(1, 2); f(z, 1, 2);"), "index slice");
  EXPECT_EQ(uses(Dense, "f(y.t().contiguous(), 1, 2); f(y, 1, 2); f(y[0], 1, 2);"), "");
}

TEST(GivenLayouts, AreTakenForDenseByIndices) {
  EXPECT_EQ(uses("x.data_ptr<float>()[i * x.size(2) * x.size(-1) + j * x.size(-1) + 1] = 2;",
                 "f(y.t(), 1, 2);"),
            "index t");
  EXPECT_EQ(uses("auto n = x.size(0), m = x.size(1); x.data_ptr<float>()[i * n + j * m] = 2;",
                 "f(y.t(), 1, 2);"),
            "");
  EXPECT_EQ(uses("x.data_ptr<float>()[i] = 2;", "f(y.t(), 1, 2);"), "");
  EXPECT_EQ(uses("TORCH_CHECK(x.is_contiguous()); " + Dense.str(), "f(y.t(), 1, 2);"), "");
}

TEST(GivenLayouts, AreKeptByWhatIsMadeLikeThem) {
  EXPECT_EQ(uses(Like, "f(y.t(), 1, 2);"), "like t");
  EXPECT_EQ(uses(Like, "f(y, 1, 2);"), "");
  EXPECT_EQ(uses(Like, "f(y.slice(1, 2), 1, 2);"), "");
  EXPECT_EQ(uses("auto c = x.contiguous(), l = torch::zeros_like(c); "
                 "kernel(c.data_ptr<float>(), l.data_ptr<float>());",
                 "f(y.t(), 1, 2);"),
            "");
}

} // namespace
