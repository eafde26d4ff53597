// Whether the neighbours in a Sequential can follow each other.
#include "model/layers/SequentialFits.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string misfits(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Late : nn::Module { Tensor forward(Tensor x, "
       "int n = 1) { return x; } }; void use(nn::Sequential net, bool b) { " +
       Body + " }")
          .str());
  std::string Text;
  forEachMisfit(Snippet.find<FunctionDecl>("use"), Snippet.context(), [&](const Misfit &Found) {
    switch (Found.Is) {
    case Misfit::Why::Size:
      Text += Found.First.Name.str() + "-" + Found.Second.Name.str() + " ";
      break;
    case Misfit::Why::Tuple:
      Text += "tuple ";
      break;
    case Misfit::Why::Arguments:
      Text += "arguments ";
    }
  });
  return llvm::StringRef(Text).rtrim().str();
}

TEST(SequentialFits, FindsSizesThatDiffer) {
  EXPECT_EQ(misfits("nn::Sequential s(nn::Linear(1, 2), nn::ReLU(), nn::Linear(3, 4));"),
            "Linear-Linear");
  EXPECT_EQ(misfits("nn::Sequential s(nn::Linear(1, 2), nn::ReLU(), nn::Linear(2, 4));"), "");
  EXPECT_EQ(misfits("nn::Sequential s(nn::Conv2d(1, 2, 3), nn::BatchNorm2d(3));"),
            "Conv2d-BatchNorm2d");
  EXPECT_EQ(misfits("nn::Sequential s(nn::Conv2d(1, 2, 3), nn::Conv1d(3, 4, 3));"),
            ""); // not asked
  EXPECT_EQ(misfits("nn::Sequential s(nn::Linear(1, 2), nn::Flatten(), nn::Linear(3, 4));"), "");
  EXPECT_EQ(misfits("net->push_back(nn::Linear(1, 2)); net->push_back(nn::Linear(3, 4));"),
            "Linear-Linear");
  EXPECT_EQ(misfits("net->push_back(nn::Linear(1, 2)); if (b) net->push_back(nn::Linear(2, 3)); "
                    "net->push_back(nn::Linear(3, 4));"),
            "");
}

TEST(SequentialFits, FindsTuplesAndArguments) {
  EXPECT_EQ(misfits("nn::Sequential s(nn::LSTM(1, 2), nn::Linear(2, 4));"), "tuple");
  EXPECT_EQ(misfits("nn::Sequential s(nn::ReLU(), std::make_shared<Late>());"), "arguments");
  EXPECT_EQ(misfits("nn::Sequential s(std::make_shared<Late>(), nn::ReLU());"), "");
}

std::string empty(llvm::StringRef Body, llvm::StringRef Run = "[[net->forward(x)]];") {
  MarkedSnippet Snippet(("using namespace torch; void fill(nn::Sequential &); void use(Tensor x, "
                         "nn::Sequential given) { " +
                         Body + Run + " }")
                            .str());
  ProjectIndex Index(Snippet.context());
  const ValueDecl *Found = runEmpty(
      Snippet.within<CallExpr>(), [&]() -> const ProjectIndex & { return Index; },
      Snippet.context());
  return Found ? Found->getName().str() : "";
}

TEST(SequentialFits, FindsWhatIsRunEmpty) {
  EXPECT_EQ(empty("nn::Sequential net;"), "net");
  EXPECT_EQ(empty("nn::Sequential net{nn::ReLU()};"), "");
  EXPECT_EQ(empty("nn::Sequential net; net->push_back(nn::ReLU());"), "");
  EXPECT_EQ(empty("nn::Sequential net; fill(net);"), "");
  EXPECT_EQ(empty("nn::Sequential net; if (!net->is_empty())"), "");
  EXPECT_EQ(empty("nn::Sequential net = given;"), "");
  EXPECT_EQ(empty("nn::Sequential net = nn::Sequential(nn::ReLU());"), "");
  EXPECT_EQ(empty("nn::Sequential net = nn::Sequential(given);"), "");
  EXPECT_EQ(empty("nn::Sequential net = nn::Sequential();"), "net");
}

} // namespace
