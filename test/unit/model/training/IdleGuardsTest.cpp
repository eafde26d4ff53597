// Guards that turn gradients off nowhere, or not where they were meant to.
#include "model/training/IdleGuards.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string guards(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#include <thread>\nvoid f(torch::nn::Linear fc, torch::Tensor x) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  static constexpr llvm::StringLiteral Kinds[] = {"temporary ", "function ", "last ", "off ",
                                                  "thread "};
  std::string Found;
  forEachIdleGuard(
      Snippet.find<FunctionDecl>("f"), Graphs, [&]() -> const ProjectIndex & { return Index; },
      [&](const IdleGuard &Guard) { Found += Kinds[Guard.Is]; });
  return llvm::StringRef(Found).rtrim().str();
}

TEST(IdleGuards, HaveNoNameOrAreFunctions) {
  EXPECT_EQ(guards("torch::NoGradGuard(); fc(x);"), "temporary");
  EXPECT_EQ(guards("(void)torch::NoGradGuard{}; fc(x);"), "temporary");
  EXPECT_EQ(guards("torch::NoGradGuard g(); fc(x);"), "function");
  EXPECT_EQ(guards("torch::NoGradGuard g; fc(x);"), "");
}

TEST(IdleGuards, EndTheirBlock) {
  EXPECT_EQ(guards("if (x.defined()) { torch::NoGradGuard g; } fc(x);"), "last");
  EXPECT_EQ(guards("if (x.defined()) torch::NoGradGuard g; fc(x);"), "last");
  EXPECT_EQ(guards("if (x.defined()) { torch::NoGradGuard g; fc(x); }"), "");
}

TEST(IdleGuards, AreModesThatStayOff) {
  const std::string Off = "torch::GradMode::set_enabled(false);",
                    On = "torch::GradMode::set_enabled(true);";
  EXPECT_EQ(guards(Off + "if (x.defined()) return;" + On), "off");
  EXPECT_EQ(guards(Off + "if (x.defined()) {" + On + "return; }" + On), "");
  EXPECT_EQ(guards(Off + "if (x.defined()) return;"), "");
}

TEST(IdleGuards, DoNotReachThreads) {
  EXPECT_EQ(guards("torch::NoGradGuard g; std::thread t([&] { fc(x); });"), "thread");
  EXPECT_EQ(guards("std::thread t([&] { fc(x); }); torch::NoGradGuard g; fc(x);"), "");
  EXPECT_EQ(guards("torch::NoGradGuard g; std::thread t([&] { torch::NoGradGuard h; fc(x); });"),
            "");
  EXPECT_EQ(guards("torch::NoGradGuard g; std::thread t([&] { x.sum(); });"), "");
}

} // namespace
