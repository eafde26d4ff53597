// Which classes and functions a summary holds.
#include "KeysOfSnippet.h"

using namespace torchtidy;

namespace {

// "Net(4) | Net forward": classes with their lines, and functions.
std::string contents(llvm::StringRef Code) {
  UnitSummary Summary = test::summaryOf(Code);
  std::vector<std::string> Functions;
  std::string Text;
  for (const auto &[Usr, Class] : Summary.Classes)
    Text += Class.Name + "(" + std::to_string(Class.Line) + ") ";
  for (const auto &[Usr, Function] : Summary.Functions)
    Functions.push_back(Function.Name);
  llvm::sort(Functions);
  Text += "|";
  for (const std::string &Name : Functions)
    Text += " " + Name;
  return Text;
}

TEST(Summarise, HoldsModuleClassesAndTheirConstructors) {
  EXPECT_EQ(contents("namespace a {\nstruct Net : torch::nn::Module { Net() {} };\n}\nstruct Other "
                     "{ Other() {} };"),
            "a::Net(2) | Net");
}

TEST(Summarise, HoldsWhatConstructorsCall) {
  EXPECT_EQ(contents("int twice(int n) { return 2 * n; } int idle() { return 1; }\n"
                     "struct Net : torch::nn::Module { Net() { twice(2); } };"),
            "Net(2) | Net twice");
}

// Another file's constructor may call them.
TEST(Summarise, HoldsWhatHandsOutModulesAndOptions) {
  EXPECT_EQ(
      contents(
          "torch::nn::Linear make(int n) { return torch::nn::Linear(n, n); }"
          "torch::nn::Conv2dOptions options(int n) { return torch::nn::Conv2dOptions(n, n, 3); }"
          "torch::Tensor tensor() { return torch::ones(3); }"),
      "| make options");
}

TEST(Summarise, LeavesForwardOut) {
  EXPECT_EQ(contents("struct Net : torch::nn::Module { Net() {} torch::Tensor "
                     "forward(torch::Tensor x) { return x; } };"),
            "Net(1) | Net");
}

} // namespace
