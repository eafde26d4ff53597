// What an optimizer is given.
#include "model/training/ParameterLists.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr char Classes[] = R"(
  #include <memory>
  struct NetImpl : torch::nn::Module { torch::nn::Linear a{nullptr}, b{nullptr}; };
  TORCH_MODULE(Net);
)";

// For each optimizer in f: class, name, and the paths of its parts.
std::string lists(llvm::StringRef Body) {
  MarkedSnippet Snippet(std::string(Classes) + "void f(Net net, bool c) { " + Body.str() + " }");
  const auto *F = Snippet.find<FunctionDecl>("f");
  std::string Text;
  forEachOptimizer(F, Snippet.context(), [&](const OptimizerMade &Made) {
    Text += (nameOf(Made.Class) + " " + nameOf(Made.Name) + ":").str();
    for (const ParameterPart &Part : partsOf(Made.Parameters, F, Snippet.context())) {
      Text += Part.Tensor ? " tensor" : " ";
      for (const ValueDecl *D : Part.Path)
        Text += "/" + nameOf(D).str();
      Text += (Part.Recurses ? "" : "!") + std::string(Part.IsConditional ? "?" : "");
    }
    Text += ";";
  });
  return Text;
}

TEST(ParameterLists, AreFollowedThroughVariables) {
  EXPECT_EQ(lists("torch::optim::SGD o(net->parameters(), 0.1);"), "SGD o: /net;");
  EXPECT_EQ(lists("auto p = net->a->parameters(false); torch::optim::Adam o(p);"),
            "Adam o: /net/a!;");
  EXPECT_EQ(lists("auto a = net->a; torch::optim::SGD o(a->parameters(), 0.1);"), "SGD o: /net/a;");
  EXPECT_EQ(lists("auto o = std::make_unique<torch::optim::SGD>(net->parameters(), 0.1);"),
            "SGD o: /net;");
}

TEST(ParameterLists, AreFilledLater) {
  EXPECT_EQ(lists("auto p = net->a->parameters(); for (auto &q : net->b->parameters())"
                  " p.push_back(q); torch::optim::SGD o(p, 0.1);"),
            "SGD o: /net/a /net/b;");
  EXPECT_EQ(lists("std::vector<torch::Tensor> p; for (auto &q : net->b->parameters())"
                  " if (c) p.push_back(q); torch::optim::SGD o(p, 0.1);"),
            "SGD o: /net/b?;");
  EXPECT_EQ(lists("auto w = torch::ones({1}); torch::optim::SGD o({w}, 0.1);"), "SGD o: tensor;");
}

TEST(ModulePaths, BeginWithTheirWholes) {
  ModulePath Whole{nullptr}, Empty;
  EXPECT_TRUE(beginsWith(Whole, Whole));
  EXPECT_TRUE(beginsWith(Whole, Empty));
  EXPECT_FALSE(beginsWith(Empty, Whole));
}

} // namespace
