// What a hook's body writes to that outlives the call, and what it changes in place.
#include "model/hooks/HookStores.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string stores(llvm::StringRef Captures, llvm::StringRef Body) {
  // A mutable lambda is no hook by itself: LibTorch keeps it const.
  MarkedSnippet Snippet(
      ("#include <functional>\n#include <vector>\nusing torch::Tensor; Tensor global; struct Net { "
       "Tensor "
       "member; void use(Tensor w, Tensor outer, std::vector<Tensor> list, Tensor "
       "*pointer) { w.^register_hook(std::function<Tensor(Tensor)>([" +
       Captures + "](Tensor g) mutable { " + Body + " return g; })); } };")
          .str());
  std::optional<HookSite> Site = hookSite(*Snippet.at<CallExpr>(), {}, Snippet.context());
  std::string Text;
  for (const HookBody &Hook : hookBodies(*Site))
    for (const HookStore &Store : lastingStores(Hook, Snippet.context()))
      Text +=
          (Store.Root ? Store.Root->getName().str() : "this") + (Store.Appends ? " grows; " : "; ");
  return llvm::StringRef(Text).rtrim(" ;").str();
}

TEST(HookStores, GoToWhatOutlivesTheCall) {
  EXPECT_EQ(stores("&", "outer = g;"), "outer");
  EXPECT_EQ(stores("list", "list.push_back(g);"), "list grows"); // the closure's own copy lasts too
  EXPECT_EQ(stores("this", "member = g;"), "member");
  EXPECT_EQ(stores("", "global = g;"), "global");
  EXPECT_EQ(stores("", "static Tensor last; last = g;"), "last");
  EXPECT_EQ(stores("pointer", "*pointer = g;"), "pointer");
  EXPECT_EQ(stores("&", "auto &alias = outer; alias = g;"), "alias");
}

TEST(HookStores, AreNotLocalNorCopiesIntoATensor) {
  EXPECT_EQ(stores("", "Tensor local; local = g; g = local;"), "");
  EXPECT_EQ(stores("&", "outer[0] = g;"), "");
  EXPECT_EQ(stores("&", "auto later = [&] { outer = g; };"), ""); // runs at another time
}

std::string changed(llvm::StringRef Statement) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; void use(Tensor x, Tensor y, torch::nn::ReLU plain) { "
       "torch::nn::ReLU act(torch::nn::ReLUOptions().inplace(true)); [[" +
       Statement + "]]; }")
          .str());
  const ValueDecl *Found = changedInPlace(Snippet.within<CallExpr>());
  return Found ? Found->getName().str() : "";
}

TEST(HookStores, ChangeTensorsInPlace) {
  EXPECT_EQ(changed("x.add_(1)"), "x");
  EXPECT_EQ(changed("x += 1"), "x");
  EXPECT_EQ(changed("x.view({-1}).zero_()"), "x");
  EXPECT_EQ(changed("x.detach().zero_()"), "x");
  EXPECT_EQ(changed("x[0] = 1"), "x");
  EXPECT_EQ(changed("torch::relu_(x)"), "x");
  EXPECT_EQ(changed("at::add_out(x, y, y)"), "x");
  EXPECT_EQ(changed("act(x)"), "x");
}

TEST(HookStores, LeaveOthersAsTheyAre) {
  EXPECT_EQ(changed("x.add(1)"), "");
  EXPECT_EQ(changed("x.unsqueeze_(0)"), ""); // the shape alone
  EXPECT_EQ(changed("x.clone().zero_()"), "");
  EXPECT_EQ(changed("plain(x)"), "");
  EXPECT_EQ(changed("x = y"), "");
}

} // namespace
