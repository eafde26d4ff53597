// What a translation unit does to train and to run models.
#include "model/training/TrainingCalls.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(TrainingCalls, AreSortedByWhatTheyDo) {
  MarkedSnippet Snippet(
      "void f(torch::nn::Linear fc, torch::optim::SGD &sgd, torch::Tensor x) {"
      " torch::load(fc, \"a.pt\"); fc->eval(); auto y = fc(x); y.sum().backward(); sgd.step();"
      " [&] { fc->train(); torch::autograd::grad({y}, {x}); }(); }");
  TrainingCalls Calls{ProjectIndex(Snippet.context())};
  EXPECT_EQ(Calls.Loads.size(), 1u);
  EXPECT_EQ(Calls.Modes.size(), 2u);
  EXPECT_EQ(Calls.Runs.size(), 1u);
  EXPECT_EQ(Calls.Backward.size(), 3u);
  EXPECT_FALSE(Calls.FreezesScripts);
}

} // namespace
