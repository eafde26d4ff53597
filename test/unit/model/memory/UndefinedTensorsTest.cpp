// Tensors that nothing was ever given: elements of containers, locals.
#include "model/memory/UndefinedTensors.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Head = "#include <vector>\nusing torch::Tensor; Tensor load();\n"
                                     "void fill(std::vector<Tensor> &); void set(Tensor &);\n";

// "container push" or "container elements".
std::string elements(llvm::StringRef Body) {
  MarkedSnippet Snippet((Head + "Tensor f(int n, Tensor x) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  std::string Text;
  forEachUndefinedElements(
      Snippet.find<FunctionDecl>("f"), Graphs, [&](const UndefinedElements &Found) {
        Text += Found.Container->getName().str() + (Found.Push ? " push;" : " elements;");
      });
  return Text;
}

// "operation tensor", with ? where one branch assigns it.
std::string uses(llvm::StringRef Body) {
  MarkedSnippet Snippet((Head + "Tensor f(bool c, Tensor x) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  std::string Text;
  forEachUndefinedUse(Snippet.find<FunctionDecl>("f"), Graphs, [&](const UndefinedUse &Found) {
    Text += Found.Operation + " " + Found.Tensor->getName().str() + (Found.AssignedIn ? "?;" : ";");
  });
  return Text;
}

TEST(UndefinedElements, StayInFrontOfWhatIsAdded) {
  EXPECT_EQ(elements("std::vector<Tensor> v(n); v.push_back(x); return torch::stack(v);"),
            "v push;");
  EXPECT_EQ(elements("std::vector<Tensor> v; v.resize(n); v.push_back(x); return torch::stack(v);"),
            "v push;");
  EXPECT_EQ(elements("std::vector<Tensor> v(n); return v[0] + x;"), "v elements;");
}

TEST(UndefinedElements, AreNoneWhereTheyMayBeGivenValues) {
  EXPECT_EQ(elements("std::vector<Tensor> v(n); v[0] = x; v.push_back(x); return torch::stack(v);"),
            "");
  EXPECT_EQ(elements("std::vector<Tensor> v(n); fill(v); v.push_back(x); return torch::stack(v);"),
            "");
  EXPECT_EQ(elements("std::vector<Tensor> v(0); v.push_back(x); return torch::stack(v);"), "");
  EXPECT_EQ(elements("std::vector<Tensor> v(n, x); v.push_back(x); return torch::stack(v);"), "");
}

TEST(UndefinedElements, AreNoneWhereAResizeMayCut) {
  EXPECT_EQ(elements("std::vector<Tensor> v; v.push_back(x); v.resize(n); return torch::stack(v);"),
            "");
}

TEST(UndefinedUses, AreBeforeAnyValue) {
  EXPECT_EQ(uses("Tensor t; return t + x;"), "operator+ t;");
  EXPECT_EQ(uses("Tensor t; set(t); return t + x;"), "");
  EXPECT_EQ(uses("Tensor t; for (int i = 0; i < 3; ++i) t = t + x; return x;"), "operator+ t;");
  EXPECT_EQ(uses("Tensor t; for (int i = 0; i < 3; ++i) if (i) t = t + x; else t = x; return x;"),
            "");
}

TEST(UndefinedUses, AreAfterTheOnlyBranchThatAssigns) {
  EXPECT_EQ(uses("Tensor t; if (c) t = x; return t + x;"), "operator+ t?;");
  EXPECT_EQ(uses("Tensor t; if (c) t = x; else t = -x; return t + x;"), "");
  EXPECT_EQ(uses("Tensor t; if (c) t = x; if (c) return t + x; return x;"), "");
}

} // namespace
