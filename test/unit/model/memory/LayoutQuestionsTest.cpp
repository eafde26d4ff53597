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
  EXPECT_EQ(asked("bool b = x.device() != torch::kCPU;"), "device");
  EXPECT_EQ(asked("check(x);"), "strides device");
}

TEST(LayoutQuestions, AreNotThoseOfAnother) {
  EXPECT_EQ(asked("if (y.is_cuda() && y.is_contiguous()) use(x);"), "");
  EXPECT_EQ(asked("check(y); use(x);"), "");
  EXPECT_EQ(asked("y = y.to(x.device());"), "");
}

bool kindIsAsked(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("void f(torch::Device d, torch::Device e, torch::Tensor x) { " + Body + " }").str());
  const auto *Function = Snippet.find<FunctionDecl>("f");
  return asksDeviceKind(Function, Function->getParamDecl(0));
}

TEST(LayoutQuestions, AreAskedOfADevice) {
  EXPECT_TRUE(kindIsAsked("bool b = d.is_cpu();"));
  EXPECT_TRUE(kindIsAsked("bool b = d == torch::kCUDA;"));
  EXPECT_FALSE(kindIsAsked("bool b = e.is_cpu(); x.to(d);"));
}

bool replaces(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; void ensure(Tensor &t); void look(const Tensor &t); void f() { Tensor "
       "x, y; " +
       Body + " }")
          .str());
  const auto *Function = Snippet.find<FunctionDecl>("f");
  for (const Decl *D : Function->decls())
    if (const auto *Local = dyn_cast<VarDecl>(D); Local && Local->getName() == "x")
      return mayBeReplaced(Function, Local);
  return false;
}

TEST(LayoutQuestions, TellWhatChangesBehindTheName) {
  EXPECT_TRUE(replaces("ensure(x);"));
  EXPECT_TRUE(replaces("std::swap(x, y);"));
  EXPECT_TRUE(replaces("x.t_();"));
  EXPECT_TRUE(replaces("auto g = [&] { x = y; }; g();"));
  EXPECT_TRUE(replaces("Tensor &z = x;"));
  EXPECT_TRUE(replaces("Tensor *z = &x;"));
  EXPECT_FALSE(replaces("look(x); x = y; x.mul_(2);"));
  EXPECT_FALSE(replaces("ensure(y); const Tensor &z = x;"));
}

} // namespace
