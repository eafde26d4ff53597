// Graphs that keep themselves alive.
#include "model/training/GraphCycles.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string cycles(llvm::StringRef Code, llvm::StringRef Name) {
  MarkedSnippet Snippet(("using torch::Tensor; " + Code).str());
  std::string Found;
  forEachGraphCycle(Snippet.find<FunctionDecl>(Name), Snippet.context(),
                    [&](const GraphCycle &Cycle) {
                      Found += Cycle.Output ? nameOf(Cycle.Output).str() + ";" : "backward;";
                    });
  return Found;
}

std::string backwards(llvm::StringRef Body) {
  return cycles(("void f(Tensor x) { " + Body + " }").str(), "f");
}

TEST(GraphCycles, AreMadeByBackward) {
  EXPECT_EQ(backwards("x.backward({}, true, true);"), "backward;");
  EXPECT_EQ(backwards("torch::autograd::backward({x}, {}, true, true);"), "backward;");
  EXPECT_EQ(backwards("x.backward({}, true);"), "");
  EXPECT_EQ(backwards("x.backward({}, true, true); x.mutable_grad().reset();"), "");
  EXPECT_EQ(backwards("torch::autograd::grad({x}, {x}, {}, true, true);"), "");
}

TEST(GraphCycles, AreMadeByOutputsInSavedData) {
  auto Function = [](llvm::StringRef Body) {
    return cycles(("struct S : torch::autograd::Function<S> { static Tensor forward("
                   "torch::autograd::AutogradContext *ctx, Tensor x) { Tensor y = x * x; " +
                   Body + " return y; } };")
                      .str(),
                  "S::forward");
  };
  EXPECT_EQ(Function("ctx->saved_data[\"y\"] = y;"), "y;");
  EXPECT_EQ(Function("ctx->saved_data[\"x\"] = x;"), "");
  EXPECT_EQ(Function("ctx->saved_data[\"y\"] = y.detach();"), "");
}

} // namespace
