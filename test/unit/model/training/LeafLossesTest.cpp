// Losses from which backward() reaches a leaf of their own alone.
#include "model/training/LeafLosses.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

unsigned count(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using namespace torch; void see(Tensor x); void f(nn::Linear net, Tensor x, float v, "
       "bool flag, std::vector<float> values, optim::SGD &opt) { " +
       Body + " }")
          .str());
  ProjectIndex Index(Snippet.context());
  unsigned Count = 0;
  forEachLeafLoss(
      Snippet.find<FunctionDecl>("f"), Snippet.context(),
      [&]() -> const ProjectIndex & { return Index; }, [&](const LeafLoss &) { ++Count; });
  return Count;
}

TEST(LeafLosses, AreMadeOfValues) {
  const std::string Train = "l.backward(); opt.step();";
  EXPECT_EQ(count("auto l = torch::tensor(values, requires_grad()).sum();" + Train), 1u);
  EXPECT_EQ(count("auto l = torch::full({1}, v, requires_grad());" + Train), 1u);
  EXPECT_EQ(count("auto l = x.detach().requires_grad_().mean() * 2;" + Train), 1u);
  EXPECT_EQ(count("auto l = torch::tensor(v); l.set_requires_grad(true);" + Train), 1u);
  EXPECT_EQ(count("auto l = torch::tensor(v); l.set_requires_grad(flag);" + Train), 0u);
  EXPECT_EQ(count("auto l = torch::tensor(v);" + Train), 0u);
}

TEST(LeafLosses, HoldWhatWasComputed) {
  EXPECT_EQ(count("auto l = torch::zeros({1}, requires_grad()); l.backward(); opt.step();"), 0u);
  EXPECT_EQ(count("auto l = torch::tensor(1.0, requires_grad()); l.backward(); opt.step();"), 0u);
}

TEST(LeafLosses, AreMeantForTraining) {
  EXPECT_EQ(count("auto l = torch::tensor(v, requires_grad()); l.backward();"), 0u);
  EXPECT_EQ(count("auto l = torch::tensor(v, requires_grad()); net->zero_grad(); l.backward();"),
            1u);
  EXPECT_EQ(count("auto p = net(x).sum(); "
                  "auto l = torch::tensor(p.item<float>(), requires_grad()); l.backward();"),
            1u);
  EXPECT_EQ(count("auto l = torch::tensor(x.item<float>(), requires_grad()); l.backward();"), 0u);
}

TEST(LeafLosses, HaveNoOtherPart) {
  const std::string Leaf = "auto l = torch::tensor(v, requires_grad());";
  EXPECT_EQ(count(Leaf + "(l + torch::ones({1})).backward(); opt.step();"), 1u);
  EXPECT_EQ(count(Leaf + "(l + net(x).sum()).backward(); opt.step();"), 0u);
  EXPECT_EQ(count(Leaf + "(l + x).backward(); opt.step();"), 0u);
  EXPECT_EQ(count(Leaf + "auto m = l * 1; m += x; m.backward(); opt.step();"), 0u);
  EXPECT_EQ(count(Leaf + "auto m = l * 1; m.add_(x); m.backward(); opt.step();"), 0u);
  EXPECT_EQ(count(Leaf + "torch::stack({l, l}).sum().backward(); opt.step();"), 1u);
  EXPECT_EQ(count(Leaf + "torch::stack({l, x}).sum().backward(); opt.step();"), 0u);
}

TEST(LeafLosses, AreSeenByNobody) {
  const std::string Leaf = "auto l = torch::tensor(v, requires_grad());", Run = "l.backward();";
  EXPECT_EQ(count(Leaf + Run + "opt.step(); see(l.grad());"), 0u);
  EXPECT_EQ(count(Leaf + Run + "opt.step(); auto m = l; m.mutable_grad().zero_();"), 0u);
  EXPECT_EQ(count(Leaf + Run + "opt.step(); see(l);"), 0u);
  EXPECT_EQ(count(Leaf + "optim::SGD own({l}, 0.1);" + Run + "own.step();"), 0u);
  EXPECT_EQ(count(Leaf + Run + "opt.step(); std::cout << l << l.item<float>();"), 1u);
}

} // namespace
