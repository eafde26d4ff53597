// The dtype that code spells or leaves to a factory.
#include "model/memory/FactoryDTypes.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string made(llvm::StringRef Factory, llvm::StringRef Before = "") {
  MarkedSnippet Snippet(
      ("using namespace torch; void f(ScalarType type, Device device, int64_t n, Tensor x, "
       "std::vector<int> ints, std::vector<double> doubles) { " +
       Before + " auto t = [[" + Factory + "]]; }")
          .str());
  const auto *Call = Snippet.within<CallExpr>();
  ProjectIndex Index(Snippet.context());
  FactoryDType Found = dtypeOfFactory(Call, operationOf(Call), Index, Snippet.context());
  return Found.Is ? nameOf(*Found.Is).str() + (Found.IsDefault ? " by default" : "") : "-";
}

TEST(FactoryDTypes, AreSpelled) {
  EXPECT_EQ(made("torch::zeros({2}, kInt)"), "Int");
  EXPECT_EQ(made("torch::zeros({2}, torch::dtype(kInt).device(device))"), "Int");
  EXPECT_EQ(made("torch::tensor({1, 2}, kDouble)"), "Double");
  EXPECT_EQ(made("torch::zeros({2}, options)", "auto options = torch::dtype(kInt);"), "Int");
  EXPECT_EQ(made("torch::zeros({2}, type)"), "-");
  EXPECT_EQ(made("torch::zeros({2}, x.options())"), "-");
}

TEST(FactoryDTypes, GoByTheValues) {
  EXPECT_EQ(made("torch::zeros({2, n})"), "Float by default");
  EXPECT_EQ(made("torch::zeros({2}, torch::device(device))"), "Float by default");
  EXPECT_EQ(made("torch::tensor({1, 2})"), "Long by default");
  EXPECT_EQ(made("torch::tensor({{1, 2}, {3, 4}})"), "Long by default");
  EXPECT_EQ(made("torch::tensor({1.0, 2.0})"), "Float by default");
  EXPECT_EQ(made("torch::tensor(ints)"), "Long by default");
  EXPECT_EQ(made("torch::tensor(doubles)"), "Float by default");
  EXPECT_EQ(made("torch::tensor({true})"), "Bool by default");
  EXPECT_EQ(made("torch::arange(n)"), "Long by default");
  EXPECT_EQ(made("torch::arange(0, n, 0.5)"), "Float by default");
  EXPECT_EQ(made("torch::full({2}, 1)"), "Long by default");
  EXPECT_EQ(made("torch::full({2}, 1.5)"), "Float by default");
  EXPECT_EQ(made("torch::randint(5, {2})"), "Long by default");
  EXPECT_EQ(made("torch::randint(5, {2}, torch::requires_grad(false))"), "Float by default");
  EXPECT_EQ(
      made("torch::zeros({2})", "torch::set_default_dtype(caffe2::TypeMeta::Make<double>());"),
      "-");
}

TEST(FactoryDTypes, OfNothingStandForAny) {
  EXPECT_EQ(made("torch::zeros({0})"), "-");
  EXPECT_EQ(made("torch::empty(0, kInt)"), "-");
  EXPECT_EQ(made("torch::tensor({})"), "-");
  EXPECT_EQ(made("torch::zeros({x.size(0)})"), "Float by default");
}

std::string said(llvm::StringRef Argument) {
  MarkedSnippet Snippet(("using namespace torch; void f(Tensor x, Device device, ScalarType type, "
                         "TensorOptions options) { x.to([[" +
                         Argument + "]]); }")
                            .str());
  std::optional<Spoken> Found = conversionDType(Snippet.within<Expr>(), Snippet.context());
  return !Found           ? "?"
         : Found->Value   ? std::to_string(*Found->Value)
         : Found->IsNamed ? "another"
                          : "kept";
}

TEST(FactoryDTypes, OfConversions) {
  EXPECT_EQ(said("kInt"), "3");
  EXPECT_EQ(said("kCUDA"), "kept");
  EXPECT_EQ(said("device"), "kept");
  EXPECT_EQ(said("\"cuda:1\""), "kept");
  EXPECT_EQ(said("torch::dtype(kInt)"), "3");
  EXPECT_EQ(said("type"), "another");
  EXPECT_EQ(said("options"), "another");
}

} // namespace
