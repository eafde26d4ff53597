// Whether a tensor lies in memory in the order of its indices.
#include "model/memory/MemoryOrder.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string snippet(llvm::StringRef Body) {
  return ("using torch::Tensor; void use(Tensor); void f(Tensor x, bool b, int i) { Tensor y = "
          "torch::cat({x, x}); " +
          Body + " }")
      .str();
}

// The argument of the marked call.
bool every(llvm::StringRef Body) {
  MarkedSnippet Snippet(snippet(Body));
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  const auto *Call = Snippet.within<CallExpr>();
  return liesInOrder(Call->getArg(0), Call, Graphs, Index);
}

bool some(llvm::StringRef Body) {
  MarkedSnippet Snippet(snippet(Body));
  ProjectIndex Index(Snippet.context());
  for (const Decl *D : Snippet.find<FunctionDecl>("f")->decls())
    if (const auto *Local = dyn_cast<VarDecl>(D); Local && Local->getName() == "y")
      return mayLieInOrder(Local, Index);
  return false;
}

TEST(MemoryOrder, IsMadeByWhatComputes) {
  EXPECT_TRUE(every("[[use(y)]];"));
  EXPECT_TRUE(every("[[use(y.clone())]];"));
  EXPECT_TRUE(every("y = y.cpu(); [[use(y)]];"));
  EXPECT_TRUE(every("[[use(y.t().contiguous())]];"));
  EXPECT_FALSE(every("[[use(x)]];"));
}

TEST(MemoryOrder, IsLostByWhatReordersOrSkips) {
  EXPECT_FALSE(every("[[use(y.t())]];"));
  EXPECT_FALSE(every("y = y.transpose(0, 1); [[use(y)]];"));
  EXPECT_FALSE(every("[[use(y.narrow(1, 0, 1))]];"));
  EXPECT_FALSE(every("[[use(y.select(1, i))]];"));
  EXPECT_FALSE(every("[[use(y.contiguous(torch::MemoryFormat::ChannelsLast))]];"));
}

TEST(MemoryOrder, IsThatOfARow) {
  EXPECT_TRUE(every("[[use(y[i])]];"));
  EXPECT_TRUE(every("[[use(y.select(0, i))]];"));
  EXPECT_TRUE(every("[[use(y.index({i, i}))]];"));
  EXPECT_FALSE(every("[[use(y.index({torch::indexing::Slice(), i}))]];"));
}

TEST(MemoryOrder, IsOfSomeValueOrOfEach) {
  EXPECT_FALSE(every("if (b) y = y.t(); [[use(y)]];"));
  EXPECT_TRUE(some("if (b) y = y.t();"));
  EXPECT_TRUE(every("y = y.t(); y = y.contiguous(); [[use(y)]];"));
}

TEST(MemoryOrder, NamesAFormat) {
  MarkedSnippet Told(snippet("[[x.contiguous(torch::MemoryFormat::ChannelsLast)]];"));
  EXPECT_TRUE(isToldMemoryFormat(Told.within<CallExpr>()));
  MarkedSnippet Untold(snippet("[[x.contiguous()]];"));
  EXPECT_FALSE(isToldMemoryFormat(Untold.within<CallExpr>()));
}

TEST(MemoryOrder, IsMadeOfAParameterThatIsGivenAnew) {
  EXPECT_TRUE(every("x = x.contiguous(); [[use(x)]];"));
  EXPECT_FALSE(every("if (b) x = x.contiguous(); [[use(x)]];"));
  EXPECT_FALSE(every("[[use(x)]]; x = x.contiguous();"));
}

TEST(MemoryOrder, IsPickedFromByTensors) {
  auto Picks = [](llvm::StringRef Body) {
    MarkedSnippet Snippet(snippet(Body));
    return picksByTensor(Snippet.within<CallExpr>());
  };
  EXPECT_TRUE(Picks("[[x.index({y})]];"));
  EXPECT_TRUE(Picks("[[x.index({torch::indexing::Slice(), x > 0})]];"));
  EXPECT_FALSE(Picks("[[x.index({torch::indexing::Slice(), i})]];"));
  EXPECT_FALSE(Picks("[[(x + y).index({0})]];"));
}

} // namespace
