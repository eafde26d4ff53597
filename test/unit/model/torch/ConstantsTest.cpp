// Dtypes and devices, as code spells them.
#include "model/torch/Constants.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The constant, "?" where one is spoken of that is not known, "-" where none is.
std::string text(const Spoken &Found) {
  return Found.Value ? std::to_string(*Found.Value) : Found.IsNamed ? "?" : "-";
}

std::string dtype(llvm::StringRef Expression, llvm::StringRef Before = "") {
  MarkedSnippet Snippet(("using namespace torch; template <typename T> void take(const T &); void "
                         "f(ScalarType type, TensorOptions given, Tensor x, bool b) { " +
                         Before + " take([[" + Expression + "]]); }")
                            .str());
  return text(dtypeIn(Snippet.within<Expr>(), Snippet.context()));
}

std::string device(llvm::StringRef Expression, llvm::StringRef Before = "") {
  MarkedSnippet Snippet(("using namespace torch; template <typename T> void take(const T &); void "
                         "f(Device given) { " +
                         Before + " take([[" + Expression + "]]); }")
                            .str());
  return text(deviceIn(Snippet.within<Expr>(), Snippet.context()));
}

TEST(Constants, OfDtypesAreSpelledOrKeptInOptions) {
  EXPECT_EQ(dtype("kFloat"), std::to_string(FloatDType));
  EXPECT_EQ(dtype("torch::kFloat32"), std::to_string(FloatDType));
  EXPECT_EQ(dtype("at::ScalarType::Double"), "7");
  EXPECT_EQ(dtype("TensorOptions().dtype(kByte)"), "0");
  EXPECT_EQ(dtype("options", "auto options = TensorOptions().dtype(kByte);"), "0");
  EXPECT_EQ(dtype("options.requires_grad(false)", "auto options = dtype(kByte);"), "0");
}

TEST(Constants, ThatAreNotKnownAreSpokenOf) {
  EXPECT_EQ(dtype("given"), "?");
  EXPECT_EQ(dtype("type"), "?");
  EXPECT_EQ(dtype("x.options()"), "?");
  EXPECT_EQ(dtype("b ? kFloat : kDouble"), "?");
}

TEST(Constants, OfAnotherKindSayNothing) {
  EXPECT_EQ(dtype("kCUDA"), "-");
  EXPECT_EQ(dtype("3"), "-");
  EXPECT_EQ(dtype("TensorOptions().requires_grad(true)"), "-");
}

TEST(Constants, AreCertainWhereAllOfThemIsInView) {
  auto Certain = [](llvm::StringRef Expression, llvm::StringRef Before = "") {
    MarkedSnippet Snippet(
        ("using namespace torch; struct S { TensorOptions kept; Device device = kCPU; template "
         "<typename T> void take(const T &); TensorOptions own(); void f(TensorOptions given) { " +
         Before + " take([[" + Expression + "]]); } };")
            .str());
    return text(certainDType(Snippet.within<Expr>(), Snippet.context()));
  };
  EXPECT_EQ(Certain("dtype(kInt).device(device)"), "3");
  EXPECT_EQ(Certain("options", "auto options = dtype(kInt);"), "3");
  EXPECT_EQ(Certain("options", "auto options = dtype(kInt); options = given;"), "?");
  EXPECT_EQ(Certain("kept"), "?");
  EXPECT_EQ(Certain("options", "auto options = kept;"), "?");
  EXPECT_EQ(Certain("own()"), "?");
  EXPECT_EQ(Certain("given.device(kCPU)"), "?");
  EXPECT_EQ(Certain("torch::device(kCPU)"), "-");
}

TEST(Constants, OfOptionsAskForGradients) {
  auto Asks = [](llvm::StringRef Expression) {
    MarkedSnippet Snippet(
        ("using namespace torch; template <typename T> void take(const T &); void "
         "f() { auto options = torch::requires_grad(); take([[" +
         Expression + "]]); }")
            .str());
    return requiresGradIn(Snippet.within<Expr>()) != nullptr;
  };
  EXPECT_TRUE(Asks("torch::requires_grad()"));
  EXPECT_TRUE(Asks("TensorOptions().requires_grad(true).dtype(kInt)"));
  EXPECT_TRUE(Asks("options"));
  EXPECT_FALSE(Asks("torch::requires_grad(false)"));
  EXPECT_FALSE(Asks("options.requires_grad(false)"));
  EXPECT_FALSE(Asks("TensorOptions()"));
}

TEST(Constants, OfDevices) {
  EXPECT_EQ(device("kCPU"), std::to_string(CpuDevice));
  EXPECT_EQ(device("Device(kCUDA, 1)"), "1");
  EXPECT_EQ(device("there", "Device there(kCUDA);"), "1");
  EXPECT_EQ(device("given"), "?");
  EXPECT_EQ(device("kFloat"), "-");
}

} // namespace
