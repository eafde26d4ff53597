// Optimizers that are not given the tensors they are meant to change.
#include "model/training/OptimizerMistakes.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr char Classes[] = R"(
  struct NetImpl : torch::nn::Module {
    NetImpl() { a = register_module("a", torch::nn::Linear(1, 1)); }
    torch::nn::Linear a{nullptr};
  };
  TORCH_MODULE(Net);
  struct NoneImpl : torch::nn::Module { NoneImpl() : a(1, 1) {} torch::nn::Linear a; };
  TORCH_MODULE(None);
)";

std::string mistakes(llvm::StringRef Body) {
  MarkedSnippet Snippet(std::string(Classes) + "void f(Net net, None none) { " + Body.str() + " }");
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  Registrations Registered(Snippet.context(), Index);
  static constexpr llvm::StringLiteral Kinds[] = {"own ", "nothing ", "twice ", "late ",
                                                  "nonleaf "};
  std::string Found;
  forEachOptimizerMistake(
      Snippet.find<FunctionDecl>("f"), Graphs, [&]() -> const ProjectIndex & { return Index; },
      [&]() -> const Registrations & { return Registered; },
      [&](const OptimizerMistake &Mistake) { Found += Kinds[Mistake.Is]; });
  return llvm::StringRef(Found).rtrim().str();
}

TEST(OptimizerMistakes, AreAboutTheListOfParameters) {
  EXPECT_EQ(mistakes("torch::optim::SGD o(net->parameters(), 0.1);"), "");
  EXPECT_EQ(mistakes("torch::optim::SGD o(net->parameters(false), 0.1);"), "own");
  EXPECT_EQ(mistakes("torch::optim::SGD o(net->a->parameters(false), 0.1);"), "");
  EXPECT_EQ(mistakes("torch::optim::SGD o(none->parameters(), 0.1);"), "nothing");
  EXPECT_EQ(mistakes("auto p = net->parameters(); for (auto &q : net->a->parameters())"
                     " p.push_back(q); torch::optim::SGD o(p, 0.1);"),
            "twice");
  EXPECT_EQ(mistakes("auto w = torch::ones({1}).requires_grad_() * 2;"
                     " torch::optim::SGD o({w}, 0.1);"),
            "nonleaf");
}

TEST(OptimizerMistakes, AreAboutTheTime) {
  EXPECT_EQ(mistakes("torch::optim::SGD o(net->parameters(), 0.1); net = Net(); o.step();"),
            "late");
  EXPECT_EQ(mistakes("torch::optim::SGD o(net->parameters(), 0.1); o.step(); net = Net();"), "");
  EXPECT_EQ(mistakes("net = Net(); torch::optim::SGD o(net->parameters(), 0.1); o.step();"), "");
}

} // namespace
