// Code that changes a module, and how.
#include "model/modules/ModuleChanges.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string change(llvm::StringRef Statement) {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Net : nn::Module { Net() { fc = register_module(\"fc\", "
       "nn::Linear(1, 1)); } Tensor forward(Tensor x) { return fc(x); } Tensor encode(Tensor x) { "
       "return fc(x); } void freeze() { eval(); } nn::Linear fc{nullptr}; double scale = 1; }; "
       "void "
       "fill(nn::Module &m) { for (auto &p : m.parameters()) p.data().fill_(0); } void take(Net "
       "net) "
       "{ net.eval(); } void elsewhere(Net &net); void use(std::shared_ptr<Net> net, "
       "std::shared_ptr<Net> other, Tensor x) { " +
       Statement + "; }")
          .str());
  const auto *Function = Snippet.find<FunctionDecl>("use");
  FoundChange Found = changeIn(Function->getBody(), Function->getParamDecl(0), Snippet.context(),
                               [](ModuleChange) { return true; });
  if (!Found)
    return "";
  return Found.Is == ModuleChange::Mode
             ? "mode"
             : (Found.Is == ModuleChange::Tensors ? "tensors" : "object");
}

TEST(ModuleChanges, SetTheMode) {
  EXPECT_EQ(change("net->eval()"), "mode");
  EXPECT_EQ(change("net->fc->train()"), "mode");
  EXPECT_EQ(change("net->freeze()"), "mode");
  EXPECT_EQ(change("other->eval()"), "");
}

TEST(ModuleChanges, WriteToTensors) {
  EXPECT_EQ(change("net->to(kDouble)"), "tensors");
  EXPECT_EQ(change("net->fc->weight.data().fill_(1)"), "tensors");
  EXPECT_EQ(change("net->fc->weight = x"), "tensors");
  EXPECT_EQ(change("nn::init::zeros_(net->fc->weight)"), "tensors");
  EXPECT_EQ(change("optim::SGD of(net->parameters(), 0.1)"), "tensors");
  EXPECT_EQ(change("auto list = net->parameters(); optim::SGD of(list, 0.1)"), "tensors");
  EXPECT_EQ(change("net->parameters()[0].data().zero_()"), "tensors");
  EXPECT_EQ(change("fill(*net)"), "tensors");
  EXPECT_EQ(change("torch::load(net, \"a.pt\")"), "tensors");
}

TEST(ModuleChanges, AreOfTheObjectAlone) {
  EXPECT_EQ(change("net->scale = 2"), "object");
  EXPECT_EQ(change("net->fc = nn::Linear(2, 2)"), "object");
  EXPECT_EQ(change("net->register_module(\"more\", nn::Linear(1, 1))"), "object");
}

TEST(ModuleChanges, AreNotWhatRunsOrReads) {
  EXPECT_EQ(change("net->forward(x)"), "");
  EXPECT_EQ(change("net->encode(x)"), "");
  EXPECT_EQ(change("for (auto &p : net->parameters()) p.numel()"), "");
  EXPECT_EQ(change("torch::save(net, \"a.pt\")"), "");
  EXPECT_EQ(change("take(*net)"), ""); // a copy
  EXPECT_EQ(change("elsewhere(*net)"), "");
  EXPECT_EQ(change("net = other"), "");
}

} // namespace
