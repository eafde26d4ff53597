// The code behind a hook, and what its closure holds.
#include "model/hooks/HookBodies.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The bodies: "lambda" or a function's name, with what is held: "=x" by value, "&x" otherwise.
std::string bodies(llvm::StringRef Before, llvm::StringRef Callable, llvm::StringRef Inside = "") {
  MarkedSnippet Snippet(("#include <functional>\nusing torch::Tensor; " + Before +
                         " struct Net { Tensor member; Tensor method(Tensor g) { return g; } void "
                         "use(Tensor w, Tensor x, Tensor y) { " +
                         Inside + " w.^register_hook(" + Callable + "); } };")
                            .str());
  std::optional<HookSite> Site = hookSite(*Snippet.at<CallExpr>(), {}, Snippet.context());
  std::string Text;
  for (const HookBody &Body : hookBodies(*Site)) {
    Text += Body.Lambda ? "lambda" : Body.Function->getNameAsString();
    for (const HookCapture &Capture : Body.Captures)
      Text += std::string(Capture.ByValue ? " =" : " &") + (Capture.IsThis ? "this"
                                                            : Capture.Variable
                                                                ? Capture.Variable->getName().str()
                                                                : "…");
    Text += "; ";
  }
  return llvm::StringRef(Text).rtrim(" ;").str();
}

TEST(HookBodies, AreFoundBehindNamesFunctorsAndBindings) {
  EXPECT_EQ(bodies("", "[](Tensor g) { return g; }"), "lambda");
  EXPECT_EQ(bodies("", "[](auto g) { return g * 2; }"), "lambda");
  EXPECT_EQ(bodies("Tensor twice(Tensor g) { return g * 2; }", "twice"), "twice");
  EXPECT_EQ(bodies("Tensor twice(Tensor g) { return g * 2; }", "&twice"), "twice");
  EXPECT_EQ(bodies("struct Scale { Tensor operator()(Tensor g) const { return g; } };", "Scale{}"),
            "operator()");
  EXPECT_EQ(bodies("", "named", "auto named = [](Tensor g) { return g; };"), "lambda");
  EXPECT_EQ(
      bodies("", "named", "std::function<Tensor(Tensor)> named = [](Tensor g) { return g; };"),
      "lambda");
}

TEST(HookBodies, OutOfViewAreNone) {
  EXPECT_EQ(bodies("Tensor elsewhere(Tensor g);", "elsewhere"), "");
  EXPECT_EQ(bodies("struct Scale { Tensor operator()(Tensor g) const; };", "Scale{}"), "");
}

TEST(HookBodies, HoldWhatTheyCapture) {
  EXPECT_EQ(bodies("", "[x, &y](Tensor g) { return g * x * y; }"), "lambda =x &y");
  EXPECT_EQ(bodies("", "[=](Tensor g) { return g * x; }"), "lambda =x"); // what it uses
  EXPECT_EQ(bodies("", "[&](Tensor g) { return g; }"), "lambda");
  EXPECT_EQ(bodies("", "[this](Tensor g) { return g * member; }"), "lambda &this");
  EXPECT_EQ(bodies("", "[k = x.detach()](Tensor g) { return g * k; }"), "lambda =k");
}

TEST(HookBodies, HoldWhatIsBoundOrKeptInAFunctor) {
  EXPECT_EQ(bodies("Tensor both(Tensor a, Tensor g) { return a * g; }",
                   "std::bind(both, x, std::placeholders::_1)")
                .find("both =…"),
            0u);
  EXPECT_EQ(bodies("Tensor both(Tensor &a, Tensor g) { return a * g; }",
                   "std::bind(both, std::ref(x), std::placeholders::_1)")
                .find("both &…"),
            0u);
  EXPECT_EQ(bodies("struct Keep { Tensor t; Tensor operator()(Tensor g) const { return g; } };",
                   "Keep{x}"),
            "operator() =…");
}

TEST(HookBodies, DeclareTheirParametersAndLocals) {
  MarkedSnippet Snippet(
      "using torch::Tensor; void use(Tensor $outside^w) { Tensor $beside^x; "
      "w.^register_hook([](Tensor $parameter^g) { Tensor $local^l = g; return l; }); }");
  std::optional<HookSite> Site = hookSite(*Snippet.at<CallExpr>(), {}, Snippet.context());
  auto Bodies = hookBodies(*Site);
  ASSERT_EQ(Bodies.size(), 1u);
  EXPECT_TRUE(Bodies[0].declares(Snippet.at<VarDecl>("parameter")));
  EXPECT_TRUE(Bodies[0].declares(Snippet.at<VarDecl>("local")));
  EXPECT_FALSE(Bodies[0].declares(Snippet.at<VarDecl>("outside")));
  EXPECT_FALSE(Bodies[0].declares(Snippet.at<VarDecl>("beside")));
}

TEST(HookBodies, KnowWhatHoldsATensor) {
  MarkedSnippet Snippet("#include <vector>\nvoid f(torch::Tensor ^a, std::vector<torch::Tensor> "
                        "^b, torch::IValue ^c, "
                        "at::RecordFunction *^d, const at::RecordFunction &^e, int ^g, "
                        "std::vector<int> ^h, std::string ^i, c10::optional<torch::Tensor> ^j);");
  std::string Text;
  for (const auto *Parameter : Snippet.all<ParmVarDecl>())
    Text += holdsTensor(Parameter->getType()) ? Parameter->getName() : "-";
  EXPECT_EQ(Text, "abc-e---j");
}

} // namespace
