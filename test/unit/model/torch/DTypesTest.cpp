// Dtypes, and which of them operations give and take.
#include "model/torch/DTypes.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string elements(llvm::StringRef Type) {
  MarkedSnippet Snippet((Type + " ^x;").str());
  std::optional<DType> Found =
      dtypeOf(Snippet.at<VarDecl>()->getType().getNonReferenceType(), Snippet.context());
  return Found ? nameOf(*Found).str() : "-";
}

TEST(DTypes, HaveOneTypeOfElements) {
  EXPECT_EQ(elements("int"), "Int");
  EXPECT_EQ(elements("const int64_t &f(); const int64_t *p; long"), "Long");
  EXPECT_EQ(elements("long long"), "Long");
  EXPECT_EQ(elements("uint8_t"), "Byte");
  EXPECT_EQ(elements("int8_t"), "Char");
  EXPECT_EQ(elements("bool"), "Bool");
  EXPECT_EQ(elements("c10::Half"), "Half");
  EXPECT_EQ(elements("at::BFloat16"), "BFloat16");
  EXPECT_EQ(elements("c10::complex<double>"), "ComplexDouble");
  EXPECT_EQ(elements("char"), "-");
  EXPECT_EQ(elements("unsigned"), "-");
  EXPECT_EQ(elements("struct Half {} half; Half"), "-");
}

TEST(DTypes, AreKnownByTheirValue) {
  EXPECT_EQ(dtypeOf(int64_t(4)), DType::Long);
  EXPECT_EQ(dtypeOf(int64_t(15)), DType::BFloat16);
  EXPECT_EQ(dtypeOf(int64_t(12)), std::nullopt); // quantised
  EXPECT_EQ(sizeOf(DType::ComplexFloat), 8u);
  EXPECT_TRUE(isFloating(DType::BFloat16) && isInteger(DType::Byte) && !isInteger(DType::Bool));
  EXPECT_TRUE(takesGradients(DType::ComplexHalf) && !takesGradients(DType::Long));
}

TEST(DTypes, OfResultsFollowTheFirstTensor) {
  auto Of = [](llvm::StringRef Name, std::optional<DType> First) {
    return resultDType(dtypeRule(operationNamed(Name)), First);
  };
  EXPECT_EQ(Of("squeeze", DType::Int), DType::Int);
  EXPECT_EQ(Of("add_", DType::Int), DType::Int);
  EXPECT_EQ(Of("exp", DType::Double), DType::Double);
  EXPECT_EQ(Of("exp", DType::Int), std::nullopt);
  EXPECT_EQ(Of("sum", DType::Bool), DType::Long);
  EXPECT_EQ(Of("sum", DType::Half), DType::Half);
  EXPECT_EQ(Of("argmax", std::nullopt), DType::Long);
  EXPECT_EQ(Of("gt", std::nullopt), DType::Bool);
  EXPECT_EQ(Of("matmul", DType::Float), std::nullopt);
  EXPECT_EQ(Of("argmax_out", std::nullopt), std::nullopt);
  EXPECT_EQ(resultDType(dtypeRule(operationNamed("topk"), 1), DType::Float), DType::Long);
  EXPECT_EQ(resultDType(dtypeRule(operationNamed("topk"), 0), DType::Float), DType::Float);
  EXPECT_EQ(dtypeRule(operationNamed("topk"), 2), DTypeRule::Unknown);
  EXPECT_EQ(factoryDType(operationNamed("randperm")), DType::Long);
  EXPECT_EQ(factoryDType(operationNamed("zeros")), DType::Float);
}

TEST(DTypes, OfIndicesAreThoseThatAreTaken) {
  auto Takes = [](llvm::StringRef Name, llvm::StringRef Parameter, DType Is) {
    const IndexDTypes *Found = indexDTypes(operationNamed(Name), Parameter);
    return Found && Found->take(Is);
  };
  EXPECT_TRUE(Takes("gather", "index", DType::Long));
  EXPECT_FALSE(Takes("gather", "index", DType::Float));
  EXPECT_FALSE(Takes("take", "index", DType::Int));
  EXPECT_TRUE(Takes("nll_loss", "target", DType::Byte));
  EXPECT_FALSE(Takes("nll_loss", "target", DType::Float));
  EXPECT_TRUE(Takes("cross_entropy", "target", DType::Float));
  EXPECT_FALSE(Takes("cross_entropy", "target", DType::Int));
  EXPECT_EQ(indexDTypes(operationNamed("gather"), "self"), nullptr);
  unsigned Place = 9;
  EXPECT_TRUE(indexDTypes(Layer::NLLLoss, Place) && Place == 1);
  EXPECT_TRUE(indexDTypes(Layer::Embedding, Place) && Place == 0);
  EXPECT_EQ(indexDTypes(Layer::Linear, Place), nullptr);
}

} // namespace
