// What code asks of a tensor before it takes its memory.
#include "model/memory/LayoutQuestions.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string asked(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; void use(Tensor); void check(const Tensor &t) { if (t.is_cuda() || "
       "!t.is_contiguous()) throw 1; } void f(Tensor x, Tensor y) { " +
       Body + " }")
          .str());
  const auto *Function = Snippet.find<FunctionDecl>("f");
  const ParmVarDecl *Tensor = Function->getParamDecl(0);
  return std::string(asksStrides(Function, Tensor) ? "strides " : "") +
         (asksDevice(Function, Tensor) ? "device" : "");
}

TEST(LayoutQuestions, AreAskedOfTheTensor) {
  EXPECT_EQ(asked("if (x.is_contiguous()) use(x);"), "strides ");
  EXPECT_EQ(asked("auto n = x.stride(0);"), "strides ");
  EXPECT_EQ(asked("if (x.is_cuda()) use(x);"), "device");
  EXPECT_EQ(asked("bool b = x.device().is_cpu();"), "device");
  EXPECT_EQ(asked("bool b = torch::kCPU != x.device();"), "device");
  EXPECT_EQ(asked("check(x);"), "strides device");
}

TEST(LayoutQuestions, AreNotThoseOfAnother) {
  EXPECT_EQ(asked("if (y.is_cuda() && y.is_contiguous()) use(x);"), "");
  EXPECT_EQ(asked("check(y); use(x);"), "");
  EXPECT_EQ(asked("y = y.to(x.device());"), "");
}

} // namespace
