// Is `fc->bias` defined where it is used: by what is built, and by what is asked on the way.
#include "model/tensors/Definedness.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/tensors/TensorUses.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string name(Built State) {
  switch (State) {
  case Built::Defined:
    return "defined";
  case Built::Undefined:
    return "undefined";
  case Built::Flag:
    return "flag";
  case Built::Caller:
    return "caller";
  case Built::Any:
    return "any";
  case Built::Unknown:
    return "unknown";
  }
  return "?";
}

// The verdict on the first use of an optional tensor in `use`.
std::string verdict(llvm::StringRef Code) {
  MarkedSnippet Snippet(("using namespace torch::nn; using torch::Tensor; " + Code).str());
  const auto *Function = Snippet.find<FunctionDecl>("use");
  if (!Function)
    return "no use()";
  TorchFacts Facts(Snippet.context());
  Definedness &Model = Facts.definedness();
  std::string Found = "none";
  forEachTensorUse(Function, [&](const TensorUse &Use, const UseContext &Where) {
    if (std::optional<OptionalTensor> Access = Model.accessOf(Use.Operand);
        Access && Found == "none")
      Found = name(Model.judge(*Access, Use.Call, Where.Frames).State);
  });
  return Found;
}

std::string built(llvm::StringRef Construction, llvm::StringRef Before = "") {
  return verdict((Before + " static void use(bool flag, LinearOptions given) { Linear fc" +
                  Construction + "; fc->bias.zero_(); }")
                     .str());
}

TEST(BuiltOptions, ReadTheOptionsOfAConstruction) {
  EXPECT_EQ(built("(2, 3)"), "defined");
  EXPECT_EQ(built("(LinearOptions(2, 3))"), "defined");
  EXPECT_EQ(built("(LinearOptions(2, 3).bias(false))"), "undefined");
  EXPECT_EQ(built("(LinearOptions(2, 3).bias(true))"), "defined");
  EXPECT_EQ(built("(LinearOptions(2, 3).bias(false).bias(true))"), "defined");
  EXPECT_EQ(built("(LinearOptions(2, 3).bias(flag))"), "flag");
  EXPECT_EQ(built("(LinearOptions(2, 3).bias(!true))"), "undefined");
  EXPECT_EQ(built("(given)"), "caller");
  EXPECT_EQ(built("(given.bias(false))"), "undefined");
}

TEST(BuiltOptions, FollowHelpersAndLocals) {
  EXPECT_EQ(built("(options(false))", "LinearOptions options(bool b) { return LinearOptions(2, "
                                      "3).bias(b); }"),
            "undefined");
  EXPECT_EQ(built(" = make(true)", "Linear make(bool b) { return Linear(LinearOptions(2, "
                                   "3).bias(b)); }"),
            "defined");
  EXPECT_EQ(built(" = elsewhere()", "Linear elsewhere();"), "unknown");
  EXPECT_EQ(verdict("void use() { LinearOptions o(2, 3); o.bias(false); Linear fc(o); "
                    "fc->bias.zero_(); }"),
            "undefined");
}

TEST(BuiltOptions, JoinWhatIsStoredToTheMoreHarmful) {
  EXPECT_EQ(verdict("void use() { Linear fc(2, 3); fc = Linear(LinearOptions(2, 3).bias(false)); "
                    "fc->bias.zero_(); }"),
            "undefined");
  EXPECT_EQ(verdict("void use(bool b) { Linear fc = b ? Linear(2, 3) : "
                    "Linear(LinearOptions(2, 3).bias(false)); fc->bias.zero_(); }"),
            "undefined");
}

TEST(BuiltOptions, FollowMembersElementsAndArguments) {
  llvm::StringRef Net = "struct Net : Module { Net() { fc = register_module(\"fc\", "
                        "Linear(LinearOptions(2, 2).bias(false))); layers.push_back(Linear(2, "
                        "2)); } Linear fc{nullptr}; std::vector<Linear> layers; };";
  EXPECT_EQ(verdict((Net + "void use(Net &net) { net.fc->bias.zero_(); }").str()), "undefined");
  EXPECT_EQ(verdict((Net + "void use(Net &net) { net.layers[0]->bias.zero_(); }").str()),
            "defined");
  EXPECT_EQ(
      verdict((Net + "void use(Net &net) { for (auto &l : net.layers) l->bias.zero_(); }").str()),
      "defined");
  EXPECT_EQ(verdict("static void use(Linear fc) { fc->bias.zero_(); }"
                    "void run() { use(Linear(LinearOptions(2, 2).bias(false))); }"),
            "undefined");
  EXPECT_EQ(verdict("void use(Module &m) { m.as<Linear>()->bias.zero_(); }"), "any");
}

std::string guarded(llvm::StringRef Guard, llvm::StringRef Parameters = "Linear fc") {
  return verdict(("void use(" + Parameters + ") { " + Guard + " fc->bias.zero_(); }").str());
}

TEST(TensorGuards, HoldOnEveryPath) {
  EXPECT_EQ(guarded(""), "any");
  EXPECT_EQ(guarded("if (fc->bias.defined())"), "defined");
  EXPECT_EQ(guarded("if (fc->options.bias())"), "defined");
  EXPECT_EQ(guarded("if (!fc->bias.defined()) return;"), "defined");
  EXPECT_EQ(guarded("if (fc->bias.numel() > 0)"), "defined");
  EXPECT_EQ(guarded("fc->bias = torch::zeros({3});"), "defined");
}

TEST(TensorGuards, SpeakOfTheSameTensor) {
  EXPECT_EQ(guarded("if (!fc->bias.defined())"), "any");
  EXPECT_EQ(guarded("if (fc->weight.defined())"), "any");
  EXPECT_EQ(guarded("if (other->bias.defined())", "Linear fc, Linear other"), "any");
  EXPECT_EQ(guarded("if (fc->bias.defined()) fc->weight.zero_();"), "any");
}

TEST(TensorGuards, MayBeAFlagNamedAfterTheOption) {
  EXPECT_EQ(guarded("if (use_bias)", "Linear fc, bool use_bias"), "defined");
  EXPECT_EQ(guarded("if (!use_bias)", "Linear fc, bool use_bias"), "any");
  EXPECT_EQ(guarded("if (!no_bias)", "Linear fc, bool no_bias"), "defined");
  EXPECT_EQ(guarded("if (verbose)", "Linear fc, bool verbose"), "any");
  // The very flag that the layer was built with, whatever its name.
  llvm::StringRef Flag = "void use(bool fancy, bool other) { Linear fc(LinearOptions(2, "
                         "2).bias(fancy)); if (";
  EXPECT_EQ(verdict((Flag + "fancy) fc->bias.zero_(); }").str()), "defined");
  EXPECT_EQ(verdict((Flag + "other) fc->bias.zero_(); }").str()), "flag");
}

} // namespace
