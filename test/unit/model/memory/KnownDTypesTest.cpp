// The dtype of a tensor at a place.
#include "model/memory/KnownDTypes.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string dtype(llvm::StringRef Body) {
  MarkedSnippet Snippet(("using torch::Tensor; void use(Tensor); void fill(Tensor &); Tensor own();"
                         "void f(Tensor x, bool b) { " +
                         Body + " }")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  KnownDTypes DTypes(Graphs, Index);
  const auto *Call = Snippet.within<CallExpr>();
  std::optional<KnownDType> Found = DTypes.of(Call->getArg(0), Call);
  return Found ? nameOf(Found->Is).str() : "-";
}

TEST(KnownDTypes, AreThoseThatAllValuesHave) {
  EXPECT_EQ(dtype("auto i = x.argmax(0); [[use(i)]];"), "Long");
  EXPECT_EQ(dtype("auto i = x.argmax(0); if (b) i = i.to(torch::kInt); [[use(i)]];"), "-");
  EXPECT_EQ(dtype("auto i = x.argmax(0); i = i.to(torch::kInt); [[use(i)]];"), "Int");
  EXPECT_EQ(dtype("auto i = x.argmax(0); [[use(i)]]; i = i.to(torch::kInt);"), "Long");
  EXPECT_EQ(dtype("Tensor i; if (b) i = x.argmax(0); [[use(i)]];"), "-");
  EXPECT_EQ(dtype("Tensor i; if (b) i = x.argmax(0); else i = x.nonzero(); [[use(i)]];"), "Long");
  EXPECT_EQ(dtype("auto i = x.argmax(0); while (b) i = i.squeeze(0); [[use(i)]];"), "Long");
}

TEST(KnownDTypes, AreCarriedOn) {
  EXPECT_EQ(dtype("auto [v, i] = x.max(0); [[use(i.contiguous().cpu())]];"), "Long");
  EXPECT_EQ(dtype("auto [v, i] = x.max(0); i = i.contiguous(); [[use(i)]];"), "Long");
  EXPECT_EQ(dtype("auto both = x.max(0); [[use(std::get<1>(both))]];"), "Long");
  EXPECT_EQ(dtype("auto [v, i] = x.max(0); [[use(v)]];"), "-");
  EXPECT_EQ(dtype("[[use(x > 1)]];"), "Bool");
  EXPECT_EQ(dtype("[[use((x > 1).sum())]];"), "Long");
  EXPECT_EQ(dtype("[[use(torch::zeros({2}) * 2)]];"), "Float");
  EXPECT_EQ(dtype("[[use(torch::zeros({2}) * x)]];"), "-");
  EXPECT_EQ(dtype("[[use(torch::zeros({2}, torch::kInt) * 2)]];"), "-");
  EXPECT_EQ(dtype("[[use(torch::cat({x.argmax(0), x.argmin(0)}))]];"), "Long");
  EXPECT_EQ(dtype("[[use(torch::cat({x.argmax(0), x}))]];"), "-");
  EXPECT_EQ(dtype("[[use(x.sum(0, false, torch::kInt))]];"), "-");
  EXPECT_EQ(dtype("[[use(x.to(torch::kInt).to(torch::kCUDA))]];"), "Int");
}

TEST(KnownDTypes, AreUnknownWhereOthersMayChangeThem) {
  EXPECT_EQ(dtype("[[use(own())]];"), "-");
  EXPECT_EQ(dtype("[[use(x)]];"), "-");
  EXPECT_EQ(dtype("auto i = x.argmax(0); fill(i); [[use(i)]];"), "-");
  EXPECT_EQ(dtype("auto i = x.argmax(0); auto *p = &i; [[use(i)]];"), "-");
  EXPECT_EQ(dtype("auto i = x.argmax(0); auto &p = i; [[use(i)]];"), "-");
  EXPECT_EQ(dtype("auto i = x.argmax(0); auto g = [&] { i = own(); }; [[use(i)]];"), "-");
  EXPECT_EQ(dtype("auto i = x.argmax(0); TORCH_CHECK(i.dtype() == torch::kInt); [[use(i)]];"), "-");
}

TEST(KnownDTypes, MayDecideConditions) {
  auto Depends = [](llvm::StringRef Body) {
    MarkedSnippet Snippet(("void use(); void f(torch::Tensor x, bool b) { " + Body + " }").str());
    return dependsOnDType(Snippet.within<CallExpr>(), Snippet.context());
  };
  EXPECT_TRUE(Depends("if (x.scalar_type() == torch::kInt) [[use()]];"));
  EXPECT_TRUE(Depends("switch (x.scalar_type()) { case torch::kInt: [[use()]]; default: break; }"));
  EXPECT_TRUE(Depends("if (!x.is_floating_point()) { [[use()]]; }"));
  EXPECT_FALSE(Depends("if (b) [[use()]];"));
}

} // namespace
