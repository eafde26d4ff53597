// Tensor members that are part of a model's state although nothing registers them.
#include "model/tensors/TensorMembers.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "state" with what is known of `m`, or nothing.
std::string state(llvm::StringRef Constructor, llvm::StringRef Forward = "return x * m;",
                  llvm::StringRef Members = "Tensor m;") {
  MarkedSnippet Snippet(
      ("#include <vector>\nusing namespace torch; struct Net : nn::Module { nn::Linear fc{1, 1}; " +
       Members + " Net(Tensor given, int n) " + Constructor + " Tensor forward(Tensor x) { " +
       Forward + " } };")
          .str());
  TorchFacts Facts(Snippet.context());
  const auto *Net = Snippet.find<CXXRecordDecl>("Net")->getDefinition();
  auto Found = unregisteredState(Snippet.find<FieldDecl>("Net::m"), Net,
                                 Facts.modules().forwardReachOf(Net), Facts.modules());
  if (!Found)
    return "";
  return std::string("state") + (Found->IsOnlyValue ? " only" : "") +
         (Found->WantsGrad ? " grad" : "") + (Found->IsMovedByHand ? " moved" : "");
}

TEST(TensorMembers, AreFilledByConstructorsAndReadByForward) {
  EXPECT_EQ(state("{ m = torch::randn({n}); }"), "state only");
  EXPECT_EQ(state(": m(torch::randn({n})) {}"), "state only");
  EXPECT_EQ(state("{ m = torch::randn({n}); if (n) m = torch::ones({n}); }"), "state");
  EXPECT_EQ(
      state("{ m.push_back(torch::randn({n})); }", "return x * m[0];", "std::vector<Tensor> m;"),
      "state");
}

TEST(TensorMembers, SayWhatTheyAreFor) {
  EXPECT_EQ(state("{ m = torch::randn({n}, torch::requires_grad()); }"), "state only grad");
  EXPECT_EQ(state("{ m = torch::randn({n}); m.set_requires_grad(true); }"), "state only grad");
  EXPECT_EQ(state("{ m = torch::randn({n}); }", "m = m.to(x.device()); return x * m;"),
            "state only moved");
}

TEST(TensorMembers, AreNotWhatIsRegistered) {
  EXPECT_EQ(state("{ m = register_buffer(\"m\", torch::randn({n})); }"), "");
  EXPECT_EQ(state("{ m.push_back(register_buffer(\"m\", torch::randn({n}))); }", "return x * m[0];",
                  "std::vector<Tensor> m;"),
            "");
}

TEST(TensorMembers, AreNotWhatIsGivenOrSetAnew) {
  EXPECT_EQ(state("{ m = given; }"), "");
  EXPECT_EQ(state("{ m = fc->weight; }"), "");
  EXPECT_EQ(
      state("{ m = make(); }", "return x * m;", "Tensor m; Tensor make() { return fc->weight; }"),
      "");
  EXPECT_EQ(state("{ m = make(); }", "return x * m;",
                  "Tensor m; Tensor make() { auto f = [&] { return fc->weight; }; return "
                  "torch::rand_like(f()); }"),
            "state only"); // what the lambda returns is not what the function does
  EXPECT_EQ(state("{ m = torch::randn({n}); }", "m = x * 2; return m;"), "");
  EXPECT_EQ(state("{}"), "");
}

TEST(TensorMembers, AreNotWhatForwardNeverReads) {
  EXPECT_EQ(state("{ m = torch::randn({n}); }", "return x;"), "");
}

TEST(TensorMembers, AreNotConstantsLookedUpOnTheHost) {
  EXPECT_EQ(state("{ m = torch::ones({3}); }", "return x * m[0].item<float>();"), "");
  EXPECT_EQ(state("{ m = torch::randn({3}); }", "return x * m[0].item<float>();"),
            "state only"); // no constructor makes it again
  EXPECT_EQ(state("{ m = torch::ones({3}); }", "return x * m;"), "state only");
}

} // namespace
