// What the closures of optimizers do.
#include "model/training/StepClosures.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Head = R"(
  using namespace torch;
  void unseen();
  inline Tensor seen(nn::Linear net, Tensor x) { return net(x).sum(); }
  inline void runs(Tensor loss) { loss.backward(); }
  struct Out { Out(); };
  struct Virtual { virtual void call() {} };
)";

bool mayRun(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      (Head +
       "void f(nn::Linear net, Tensor x, std::function<void()> given, Virtual &v, "
       "void (*pointer)()) { " +
       Body + " }")
          .str());
  return mayRunBackward(Snippet.find<FunctionDecl>("f")->getBody(), Snippet.context());
}

TEST(StepClosures, BackwardIsReached) {
  EXPECT_TRUE(mayRun("x.backward();"));
  EXPECT_TRUE(mayRun("torch::autograd::backward({x});"));
  EXPECT_TRUE(mayRun("runs(x);"));
  EXPECT_TRUE(mayRun("auto run = [&] { x.backward(); }; run();"));
  EXPECT_TRUE(mayRun("net->weight.mutable_grad() = x;"));
  EXPECT_FALSE(mayRun("auto y = seen(net, x); std::vector<Tensor> all{y}; x.item<float>();"));
}

TEST(StepClosures, OutOfViewIsUnknown) {
  EXPECT_TRUE(mayRun("unseen();"));
  EXPECT_TRUE(mayRun("Out out;"));
  EXPECT_TRUE(mayRun("given();"));
  EXPECT_TRUE(mayRun("pointer();"));
  EXPECT_TRUE(mayRun("v.call();"));
  EXPECT_TRUE(mayRun("std::vector<int> all; std::for_each(all.begin(), all.end(), [&](int) { "
                     "unseen(); });"));
}

std::string mistakes(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      (Head + "void f(nn::Linear net, nn::Linear other, Tensor x, bool flag) { " + Body + " }")
          .str());
  ProjectIndex Index(Snippet.context());
  std::string Found;
  forEachClosureMistake(
      Snippet.find<FunctionDecl>("f"), Snippet.context(),
      [&]() -> const ProjectIndex & { return Index; },
      [&](const ClosureMistake &Mistake) {
        Found += Mistake.Is == ClosureMistake::NoBackward
                     ? "none "
                     : "stale:" + Mistake.Outside->getNameAsString() + " ";
      });
  return llvm::StringRef(Found).rtrim().str();
}

TEST(StepClosures, ComputeNoGradients) {
  const std::string LBFGS = "optim::LBFGS opt(net->parameters());";
  const std::string SGD = "optim::SGD opt(net->parameters(), 0.1);";
  const std::string Step = "opt.step([&] { return net(x).sum(); });";
  EXPECT_EQ(mistakes(LBFGS + Step), "none");
  EXPECT_EQ(mistakes(SGD + Step), "none");
  EXPECT_EQ(mistakes(LBFGS + "x.backward();" + Step), "none");
  EXPECT_EQ(mistakes(SGD + "x.backward();" + Step), "");
  EXPECT_EQ(mistakes(SGD + "unseen();" + Step), "");
  EXPECT_EQ(mistakes(LBFGS + "auto c = [&] { return net(x).sum(); }; opt.step(c);"), "none");
  EXPECT_EQ(mistakes(LBFGS + "std::function<Tensor()> c = [&] { return net(x).sum(); }; "
                             "if (flag) c = [&] { runs(x); return x; }; opt.step(c);"),
            "");
}

// One evaluation does with gradients that stand there already.
TEST(StepClosures, OneEvaluationMayDo) {
  const std::string Once =
      "optim::LBFGS opt(net->parameters(), optim::LBFGSOptions(1).max_iter(1));";
  EXPECT_EQ(mistakes(Once + "x.backward(); opt.step([&] { return net(x).sum(); });"), "");
  EXPECT_EQ(mistakes(Once + "opt.step([&] { return net(x).sum(); });"), "none");
  EXPECT_EQ(mistakes(Once + "auto y = net(x).sum(); opt.step([&] { y.backward(); return y; });"),
            "");
}

TEST(StepClosures, RunThroughWhatWasComputedOutside) {
  const std::string LBFGS = "optim::LBFGS opt(net->parameters()); auto y = net(x);";
  EXPECT_EQ(mistakes(LBFGS + "opt.step([&] { auto l = y.sum(); l.backward(); return l; });"),
            "stale:y");
  EXPECT_EQ(mistakes(LBFGS + "opt.step([&] { y.sum().backward({}, true); return x; });"), "");
  EXPECT_EQ(mistakes(LBFGS + "opt.step([&] { y.detach().sum().backward(); return x; });"), "");
  EXPECT_EQ(mistakes(LBFGS + "opt.step([&] { y = net(x); y.sum().backward(); return x; });"), "");
  EXPECT_EQ(mistakes(LBFGS + "auto z = other(x); "
                             "opt.step([&] { z.sum().backward(); return x; });"),
            "");
}

} // namespace
