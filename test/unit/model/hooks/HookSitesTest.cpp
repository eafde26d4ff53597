// Calls that install a hook, what the hook hangs on, and what becomes of its handle.
#include "MarkedSnippet.h"
#include "model/hooks/HookHandles.h"
#include "model/hooks/HookTargets.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

class Site {
public:
  explicit Site(llvm::StringRef Code, llvm::ArrayRef<llvm::StringRef> Names = {})
      : Snippet(("using torch::Tensor; " + Code).str()) {
    if (const auto *Call = Snippet.at<CallExpr>())
      Found = hookSite(*Call, Names, Snippet.context());
  }
  bool isHook() const { return Found.has_value(); }
  HookKind kind() const { return Found->Kind; }
  Lifetime life() { return hookTarget(*Found, Snippet.context()).Life; }
  HandleFate fate() { return handleUse(*Found, Snippet.context()).Fate; }

private:
  MarkedSnippet Snippet;
  std::optional<HookSite> Found;
};

TEST(HookSites, AreLibTorchsAndTheNamedOnes) {
  EXPECT_EQ(Site("void use(Tensor w) { w.^register_hook([](Tensor g) { return g; }); }").kind(),
            HookKind::Tensor);
  EXPECT_EQ(
      Site("void use() { ^at::addGlobalCallback(at::RecordFunctionCallback(nullptr)); }").kind(),
      HookKind::RecordFunction);
  llvm::StringRef Own = "struct Bus { int register_hook(int); }; void watch(Tensor, int); "
                        "void use(Bus b, Tensor w) { ";
  EXPECT_FALSE(Site((Own + "b.^register_hook(1); }").str()).isHook());
  EXPECT_FALSE(Site((Own + "^watch(w, 1); }").str()).isHook());
  EXPECT_EQ(Site((Own + "^watch(w, 1); }").str(), {"watch"}).kind(), HookKind::Named);
}

Lifetime life(llvm::StringRef Before, llvm::StringRef Target) {
  return Site(("struct Net : torch::nn::Module { torch::nn::Linear fc{nullptr}; Tensor member; "
               "void use(Tensor given, Tensor x, torch::nn::Linear layer) { " +
               Before + " " + Target + ".^register_hook([](Tensor g) { return g; }); } };")
                  .str())
      .life();
}

TEST(HookTargets, LiveAsLongAsWhatHoldsThem) {
  EXPECT_EQ(life("", "fc->weight"), Lifetime::Lasting);
  EXPECT_EQ(life("", "member"), Lifetime::Lasting);
  EXPECT_EQ(life("static Tensor s;", "s"), Lifetime::Lasting);
  EXPECT_EQ(life("", "given"), Lifetime::FunctionParam);
  EXPECT_EQ(life("auto leaf = torch::ones({2});", "leaf"), Lifetime::LocalLeaf);
  EXPECT_EQ(life("auto out = layer(x);", "out"), Lifetime::Graph);
  EXPECT_EQ(life("auto out = x * 2;", "out"), Lifetime::Graph);
  EXPECT_EQ(life("auto w = fc->weight;", "w"), Lifetime::Lasting);
  EXPECT_EQ(life("auto t = torch::ones({2}); t = layer(t);", "t"), Lifetime::Graph);
}

TEST(HookTargets, OfALoopComeFromItsRange) {
  EXPECT_EQ(life("for (auto &p : parameters())", "p"), Lifetime::Lasting);
  EXPECT_EQ(life("for (auto &p : named_parameters())", "p.value()"), Lifetime::Lasting);
}

HandleFate fate(llvm::StringRef Statement) {
  return Site(("struct Owner { unsigned read = 0; unsigned unread = 0; Tensor w; unsigned look() "
               "{ return read; } unsigned use(bool b) { " +
               Statement + " return 0; } }; struct Sink { void keep(unsigned); };")
                  .str())
      .fate();
}

TEST(HookHandles, HaveAFate) {
  llvm::StringRef Call = "w.^register_hook([](Tensor g) { return g; })";
  EXPECT_EQ(fate((Call + ";").str()), HandleFate::Discarded);
  EXPECT_EQ(fate(("if (b) " + Call + ";").str()), HandleFate::Discarded);
  EXPECT_EQ(fate(("(void)" + Call + ";").str()), HandleFate::Kept);
  EXPECT_EQ(fate(("return " + Call + ";").str()), HandleFate::Kept);
  EXPECT_EQ(fate(("unsigned h = " + Call + ";").str()), HandleFate::Unread);
  EXPECT_EQ(fate(("unsigned h = " + Call + "; return h;").str()), HandleFate::Kept);
  EXPECT_EQ(fate(("unsigned h = " + Call + "; w.remove_hook(h);").str()), HandleFate::Removed);
  EXPECT_EQ(fate(("unread = " + Call + ";").str()), HandleFate::Unread);
  EXPECT_EQ(fate(("read = " + Call + ";").str()), HandleFate::Kept);
}

} // namespace
