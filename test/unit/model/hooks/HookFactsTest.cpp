// What is asked of the hooks of a file as a whole.
#include "model/hooks/HookFacts.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

const char *Hooked = "auto h = t * 2; h.^register_hook([](torch::Tensor g) { return g; }); ";

bool createsGraph(llvm::StringRef Hook, llvm::StringRef Body, llvm::StringRef Elsewhere = "") {
  MarkedSnippet Snippet(("void use(torch::Tensor t) { " + Hook + Body +
                         " } void other(torch::Tensor t) { " + Elsewhere + " }")
                            .str());
  auto Site = hookSite(*Snippet.at<CallExpr>(), {}, Snippet.context());
  return Site && HookFacts(Snippet.context()).createsGraph(*Site) != nullptr;
}

TEST(HookFacts, KnowsABackwardThatCreatesAGraph) {
  EXPECT_TRUE(createsGraph(Hooked, "t.backward({}, true, true);"));
  EXPECT_TRUE(createsGraph(Hooked, "torch::autograd::grad({t}, {t}, {}, true, true);"));
  EXPECT_FALSE(createsGraph(Hooked, "t.backward();"));
  EXPECT_FALSE(createsGraph(Hooked, "t.backward({}, true, false);"));
  EXPECT_FALSE(createsGraph(Hooked, "bool second = t.defined(); t.backward({}, true, second);"));
}

TEST(HookFacts, ALocalIsGoneBeforeAnotherFunctionRunsBackward) {
  const char *Far = "t.backward({}, true, true);";
  EXPECT_FALSE(createsGraph(Hooked, "", Far));
  EXPECT_TRUE(createsGraph("t.^register_hook([](torch::Tensor g) { return g; });", "", Far));
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
