// What is asked of the hooks of a file as a whole.
#include "model/hooks/HookFacts.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool createsGraph(llvm::StringRef Body) {
  MarkedSnippet Snippet(("void use(torch::Tensor t) { " + Body + " }").str());
  return HookFacts(Snippet.context()).createsGraph() != nullptr;
}

TEST(HookFacts, KnowsABackwardThatCreatesAGraph) {
  EXPECT_TRUE(createsGraph("t.backward({}, true, true);"));
  EXPECT_TRUE(createsGraph("torch::autograd::grad({t}, {t}, {}, true, true);"));
  EXPECT_FALSE(createsGraph("t.backward();"));
  EXPECT_FALSE(createsGraph("t.backward({}, true, false);"));
}

TEST(HookFacts, KnowsWhoTakesAllCallbacksAway) {
  MarkedSnippet Clears("void stop() { at::clearCallbacks(); }");
  EXPECT_TRUE(HookFacts(Clears.context()).clearsCallbacks());
  MarkedSnippet Removes("void stop(at::CallbackHandle h) { at::removeCallback(h); }");
  EXPECT_FALSE(HookFacts(Removes.context()).clearsCallbacks());
}

TEST(HookFacts, AnswersOnceForASite) {
  MarkedSnippet Snippet("void use(torch::Tensor w) { w.^register_hook([](torch::Tensor g) { "
                        "return g; }); }");
  auto Site = hookSite(*Snippet.at<CallExpr>(), {}, Snippet.context());
  ASSERT_TRUE(Site);
  HookFacts Facts(Snippet.context());
  ASSERT_EQ(Facts.bodiesOf(*Site).size(), 1u);
  EXPECT_EQ(Facts.bodiesOf(*Site).data(), Facts.bodiesOf(*Site).data());
  EXPECT_EQ(Facts.handleOf(*Site).Fate, HandleFate::Discarded);
  EXPECT_EQ(Facts.targetOf(*Site).Life, Lifetime::FunctionParam);
}

} // namespace
