// Models that are loaded to be run.
#include "model/training/LoadedModels.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "eval" where a mode is missing, "graph" where gradients are recorded, in main.
std::string found(llvm::StringRef Body) {
  MarkedSnippet Snippet(("int main() { torch::nn::Sequential net(torch::nn::Linear(1, 1),"
                         " torch::nn::Dropout(0.5)); torch::Tensor x; " +
                         Body + " }")
                            .str());
  ProjectIndex Index(Snippet.context());
  LoadedModels Models(Index, Snippet.context());
  const auto *Main = Snippet.find<FunctionDecl>("main");
  std::string Text;
  Models.forEachWithoutEval(Main, [&](const InferenceRun &Run) { Text += "eval "; });
  Models.forEachWithGraph(Main, [&](const InferenceRun &Run) { Text += "graph "; });
  return llvm::StringRef(Text).rtrim().str();
}

TEST(LoadedModels, AreToBePutIntoEval) {
  EXPECT_EQ(found("torch::load(net, \"a.pt\"); net->forward(x);"), "eval graph");
  EXPECT_EQ(found("torch::load(net, \"a.pt\"); net->eval(); net->forward(x);"), "graph");
  EXPECT_EQ(found("net->forward(x);"), "");
  EXPECT_EQ(found("torch::load(net, \"a.pt\");"), "");
}

TEST(LoadedModels, AreToRunUnderAGuard) {
  EXPECT_EQ(found("torch::NoGradGuard g; torch::load(net, \"a.pt\"); net->forward(x);"), "eval");
  EXPECT_EQ(found("net->eval(); net->forward(x);"), "graph");
}

TEST(LoadedModels, OfFilesThatTrainAreLeftAlone) {
  EXPECT_EQ(found("torch::load(net, \"a.pt\"); net->forward(x).sum().backward();"), "");
  EXPECT_EQ(found("torch::optim::SGD o(net->parameters(), 0.1); net->eval(); net->forward(x);"),
            "");
}

} // namespace
