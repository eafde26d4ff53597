// Assignments that leave a registered tensor behind.
#include "model/tensors/Rebindings.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The members of `Net` that are left behind, once for each place.
std::string stale(llvm::StringRef Constructor, llvm::StringRef Methods = "") {
  MarkedSnippet Snippet(("using namespace torch; Tensor elsewhere(Tensor); struct Net : nn::Module "
                         "{ Tensor w, b, plain; Net() { w = register_parameter(\"w\", "
                         "torch::ones(1)); b = register_buffer(\"b\", torch::ones(1)); " +
                         Constructor + " } " + Methods + " };")
                            .str());
  TorchFacts Facts(Snippet.context());
  std::string Text;
  for (const Rebinding &Found :
       staleRebindings(Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Facts.modules()))
    Text += Found.Field->getName();
  return Text;
}

TEST(Rebindings, OfMembersAreStaleOnceTheyAreRegistered) {
  EXPECT_EQ(stale("w = 0.1 * w;"), "w");
  EXPECT_EQ(stale("", "void step(Tensor x) { b = b * 0.9 + x; }"), "b");
  EXPECT_EQ(
      stale("", "Tensor forward(Tensor x) { w = x; auto f = [&] { b = x; }; f(); return x; }"),
      "wb");
}

TEST(Rebindings, AreNoneWhereTheTensorStaysTheSame) {
  EXPECT_EQ(stale("w.mul_(2); w += 1; w[0] = 3; plain = w * 2;"), "");
  EXPECT_EQ(stale("w = w.mul_(2);"), "");
  EXPECT_EQ(stale("", "void step(Tensor x) { w = elsewhere(w); w.data() = x; }"),
            ""); // may hand back what it got
}

TEST(Rebindings, AreNoneWhereItIsRegisteredAgain) {
  EXPECT_EQ(stale("", "void set(Tensor x) { w = register_parameter(\"w\", x); }"), "");
  EXPECT_EQ(
      stale(
          "",
          "void set(Tensor x) { w = x; renew(); } void renew() { register_parameter(\"w\", w); }"),
      "");
  EXPECT_EQ(stale("", "void set(Tensor x) { parameters_[\"w\"] = x; w = x; }"), "");
}

TEST(Rebindings, OnAnotherObjectAreACopy) {
  EXPECT_EQ(stale("", "void copyTo(Net &other) { other.w = w; }"), "");
}

std::string layer(llvm::StringRef Statement,
                  llvm::StringRef Elsewhere =
                      "void run(Tensor x) { nn::Linear fc(1, 1); use(fc, nullptr, x); }") {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Own : nn::Module { Tensor weight; }; Tensor "
       "elsewhere(Tensor); void use(nn::Linear fc, std::shared_ptr<Own> own, Tensor x) { " +
       Statement + " } " + Elsewhere)
          .str());
  TorchFacts Facts(Snippet.context());
  const FieldDecl *Field =
      reboundLayerTensor(Snippet.within<CXXOperatorCallExpr>(), Facts.index(), Snippet.context());
  return Field ? Field->getName().str() : "";
}

TEST(Rebindings, OfALayerFromOutside) {
  EXPECT_EQ(layer("[[fc->weight = x]];"), "weight");
  EXPECT_EQ(layer("[[fc->bias = fc->weight.clone()]];"), "bias");
  EXPECT_EQ(layer("[[fc->weight = fc->weight.mul_(2)]];"), "");
  EXPECT_EQ(layer("[[fc->weight = elsewhere(fc->weight)]];"), "");
  EXPECT_EQ(layer("[[fc->weight = x]]; fc->register_parameter(\"weight\", fc->weight);"), "");
  EXPECT_EQ(layer("[[own->weight = x]];"), ""); // its class answers for it
  EXPECT_EQ(layer("[[x = fc->weight]];"), "");
}

TEST(Rebindings, InASetterAreItsCallersBusiness) {
  EXPECT_EQ(layer("[[fc->weight = x]];", ""), "");
  EXPECT_EQ(
      layer("[[fc->weight = x]];", "void set(nn::Linear m, Tensor t) { use(m, nullptr, t); }"), "");
  EXPECT_EQ(
      layer("[[fc->weight = x]];", "void init(nn::Linear m) { use(m, nullptr, torch::ones(1)); }"),
      "weight");
  EXPECT_EQ(layer("[[fc->weight = x * 2]];", ""), "weight");
  EXPECT_EQ(layer("nn::Linear own_(1, 1); [[own_->weight = x]]; own_->parameters();", ""),
            "weight");
}

TEST(Rebindings, OfALayerThatIsOnlyRunHereAreNobodysBusiness) {
  EXPECT_EQ(layer("nn::Linear own_(1, 1); [[own_->weight = x]]; own_->forward(x);"), "");
  EXPECT_EQ(layer("nn::Linear own_(1, 1); [[own_->weight = x]]; own_->to(kHalf);"), "weight");
}

TEST(Rebindings, ThatAreTakenBackChangeNothing) {
  EXPECT_EQ(layer("auto kept = fc->weight; [[fc->weight = x]]; fc->weight = kept;"), "");
  EXPECT_EQ(layer("auto kept = fc->weight; [[fc->weight = x]];"), "weight");
}

TEST(Rebindings, ThatFollowAnotherTensorMayChangeNothing) {
  EXPECT_EQ(stale("", "Tensor forward(Tensor x) { w = w.to(x); b = b.to(x.device()).to(x.dtype()); "
                      "return x; }"),
            "");
  EXPECT_EQ(stale("", "void half() { w = w.to(torch::kHalf); b = b.to(w); }"), "w");
  EXPECT_EQ(stale("", "Tensor forward(Tensor x) { w = x.to(w); return x; }"), "w");
  EXPECT_EQ(layer("[[fc->weight = fc->weight.to(x.device())]];"), "");
}

bool handle(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#include <vector>\nusing namespace torch; void keep(std::vector<Tensor>); void "
       "use(nn::Linear net, Tensor x, std::vector<Tensor> own) { " +
       Body + " }")
          .str());
  return rebindsHandle(Snippet.within<CXXOperatorCallExpr>(), Snippet.context());
}

TEST(Rebindings, OfHandlesInAListOfParameters) {
  EXPECT_TRUE(handle("[[net->parameters()[0] = x]];"));
  EXPECT_TRUE(handle("auto list = net->parameters(); [[list[0] = x]];"));
  EXPECT_TRUE(handle("for (auto &p : net->parameters()) [[p = x]];"));
  EXPECT_TRUE(handle("for (auto &p : net->named_parameters()) [[p.value() = x]];"));
}

TEST(Rebindings, OfOtherListsAreNobodysBusiness) {
  EXPECT_FALSE(handle("[[own[0] = x]];"));
  EXPECT_FALSE(handle("for (auto p : net->parameters()) [[p = x]];")); // a copy of the handle
  // The code wants the list itself.
  EXPECT_FALSE(handle("auto list = net->parameters(); [[list[0] = x]]; keep(list);"));
}

} // namespace
