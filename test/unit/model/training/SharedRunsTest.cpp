// Modules that several threads run at once while their forward writes.
#include "model/training/SharedRuns.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string runs(llvm::StringRef Body) {
  MarkedSnippet Snippet(("struct Net : torch::nn::Module { torch::Tensor last;"
                         "  torch::Tensor forward(torch::Tensor x) { last = x; return x; } };"
                         "void f(torch::Tensor x) { Net net; torch::nn::BatchNorm1d norm(4);" +
                         Body + "}")
                            .str());
  ProjectIndex Index(Snippet.context());
  std::string Found;
  forEachSharedRun(
      Snippet.find<FunctionDecl>("f"), [&]() -> const ProjectIndex & { return Index; },
      Snippet.context(),
      [&](const SharedRun &Run) {
        Found += Run.Field ? Run.Field->getName().str() : Run.Layer.str();
      });
  return Found;
}

TEST(SharedRuns, AreOfThreadsInALoopOrTwice) {
  EXPECT_EQ(runs("for (;;) { std::thread t([&] { net.forward(x); }); }"), "last");
  EXPECT_EQ(runs("std::thread t([&] { net.forward(x); }), u([&] { net.forward(x); });"), "last");
  EXPECT_EQ(runs("std::thread t([&] { net.forward(x); });"), "");
  EXPECT_EQ(runs("for (;;) { Net own; std::thread t([&] { own.forward(x); }); }"), "");
}

TEST(SharedRuns, WriteStatisticsInTrainingMode) {
  EXPECT_EQ(runs("for (;;) { std::thread t([&] { norm(x); }); }"), "BatchNorm1d");
  EXPECT_EQ(runs("norm->eval(); for (;;) { std::thread t([&] { norm(x); }); }"), "");
}

} // namespace
