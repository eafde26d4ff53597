// Which constructor runs, and what users may give it.
#include "KeysOfSnippet.h"

using namespace torchtidy;
using torchtidy::test::keysOf;

namespace {

TEST(EvaluateConstruction, FindsInheritedConstructors) {
  llvm::StringRef Code =
      "using namespace torch; struct Base : nn::Module { Base(int in, int out = 3) { "
      "register_module(\"fc\", nn::Linear(in, out)); } };"
      "struct Middle : Base { using Base::Base; nn::PReLU act{register_module(\"act\", "
      "nn::PReLU())}; }; struct Net : Middle { using Middle::Middle; };";
  EXPECT_EQ(keysOf({Code}, TreeValue::integer(2)), "fc.weight[3,2] fc.bias[3] act.weight[1]");
  EXPECT_EQ(keysOf({"using namespace torch; struct Own : nn::LinearImpl { using "
                    "LinearImpl::LinearImpl; }; struct Net : nn::Module { Net() { "
                    "register_module(\"o\", std::make_shared<Own>(2, 3)); } };"}),
            "o.weight[3,2] o.bias[3]");
}

TEST(EvaluateConstruction, KnowsDefaultedConstructors) {
  EXPECT_EQ(keysOf({"using namespace torch; struct Config { int n = 4; Config() = default; "
                    "Config(int n) : n(n) {} }; struct Net : nn::Module { Net() { Config c; "
                    "register_module(\"fc\", nn::Linear(c.n, 1)); } };"}),
            "fc.weight[1,4] fc.bias[1]");
}

TreeValue object(llvm::StringRef Class, std::vector<TreeValue> Positional,
                 std::map<std::string, TreeValue> Named) {
  TreeValue V = listOf(std::move(Positional));
  V.Words = Class.str();
  V.Named = std::make_shared<std::map<std::string, TreeValue>>(std::move(Named));
  return V;
}

TEST(EvaluateConstruction, TakesStructsOfOptions) {
  llvm::StringRef Code =
      "using namespace torch; struct Options { int width = 1; int depth = 2; };"
      "struct Net : nn::Module { Net(const Options &o) { for (int i = 0; i < o.depth; ++i) "
      "register_module(\"m\" + std::to_string(i), nn::PReLU(nn::PReLUOptions().num_parameters("
      "o.width))); } };";
  EXPECT_EQ(keysOf({Code}, object("", {}, {{"width", TreeValue::integer(7)}})),
            "m0.weight[7] m1.weight[7]");
  EXPECT_EQ(keysOf({Code}, listOf({TreeValue::integer(7), TreeValue::integer(1)})), "m0.weight[7]");
  EXPECT_EQ(keysOf({"using namespace torch; struct Options { Options(int64_t width) : "
                    "width_(width) {} TORCH_ARG(int64_t, width); TORCH_ARG(bool, bias) = true; };"
                    "struct Net : nn::Module { Net(Options o) { register_module(\"fc\", "
                    "nn::Linear(nn::LinearOptions(o.width(), 2).bias(o.bias()))); } };"},
                   object("Options", {TreeValue::integer(5)}, {{"bias", TreeValue::integer(0)}})),
            "fc.weight[2,5]");
}

TEST(EvaluateConstruction, ComplainsOfMembersThatThereAreNot) {
  ProjectSummaries All;
  All.add(test::summaryOf("struct Options { int width = 1; }; struct Net : torch::nn::Module { "
                          "Net(Options o) {} };"));
  auto Complaint = [&](const TreeValue &Given) {
    std::string Text;
    buildModule(All, All.modulesNamed("Net").at(0), Given, &Text);
    return Text;
  };
  EXPECT_EQ(Complaint(object("", {}, {{"wide", TreeValue::integer(7)}})),
            "'Options' has no member 'wide'");
  EXPECT_EQ(Complaint(object("Other", {}, {})), "the constructor takes a 'Options', not a 'Other'");
  EXPECT_EQ(Complaint(listOf({TreeValue::integer(1), TreeValue::integer(2)})),
            "'Options' has 1 members, but 2 values are given");
  EXPECT_EQ(Complaint(object("Options", {}, {{"width", TreeValue::integer(7)}})), "");
}

TEST(EvaluateConstruction, FindsInstancesOfTemplates) {
  ProjectSummaries All;
  All.add(test::summaryOf(
      "using namespace torch; template <int N, class T = float> struct Net : nn::Module { Net() { "
      "register_module(\"fc\", nn::Linear(N, 1)); } }; void f() { Net<3> a; Net<4, long> b; }"));
  EXPECT_EQ(All.modulesNamed("Net<3>").size(), 1u);
  EXPECT_EQ(All.modulesNamed("Net<3, float>").size(), 1u);
  EXPECT_EQ(All.modulesNamed("Net<4,long>").size(), 1u);
  EXPECT_EQ(All.modulesNamed("Net<5>").size(), 0u);
  EXPECT_EQ(All.modulesNamed("Net").size(), 2u);
  auto Keys = listKeys(*buildModule(All, All.modulesNamed("Net<3>").at(0), {}).Node);
  ASSERT_EQ(Keys.size(), 2u);
  EXPECT_EQ((*Keys[0].Of.Sizes)[1], 3);
}

} // namespace
