// What becomes of the handle that a hook's registration returns.
#include "model/hooks/HookHandles.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "fate", the holder, and how many calls remove the hook.
std::string use(llvm::StringRef Code) {
  MarkedSnippet Snippet(("#include <vector>\nusing torch::Tensor; " + Code).str());
  std::optional<HookSite> Site =
      hookSite(*Snippet.at<CallExpr>(), {"watch", "observe"}, Snippet.context());
  if (!Site)
    return "no hook";
  HandleUse Use = handleUse(*Site, Snippet.context());
  static constexpr llvm::StringLiteral Fates[] = {"none", "discarded", "unread", "removed", "kept"};
  std::string Text = Fates[static_cast<int>(Use.Fate)].str();
  Text += Use.Holder ? " " + Use.Holder->getName().str() : "";
  Text += Use.Removals.empty() ? "" : " " + std::to_string(Use.Removals.size());
  return Text;
}

#define HOOK "w.^register_hook([](Tensor g) { return g; })"

std::string fate(llvm::StringRef Statement) {
  return use(("struct Owner { unsigned read = 0; unsigned unread = 0; std::vector<unsigned> all; "
              "Tensor w; unsigned look() "
              "{ return read; } unsigned use(bool b) { " +
              Statement + " return 0; } };")
                 .str());
}

TEST(HookHandles, AreDiscardedByAStatement) {
  EXPECT_EQ(fate(HOOK ";"), "discarded");
  EXPECT_EQ(fate("if (b) " HOOK ";"), "discarded");
  EXPECT_EQ(fate("for (;;) " HOOK ";"), "discarded");
  EXPECT_EQ(fate("(void)" HOOK ";"), "kept"); // on purpose
}

TEST(HookHandles, AreUnreadWhereNothingLooks) {
  EXPECT_EQ(fate("unsigned h = " HOOK ";"), "unread h");
  EXPECT_EQ(fate("unsigned h; h = " HOOK ";"), "unread h");
  EXPECT_EQ(fate("unread = " HOOK ";"), "unread unread");
  EXPECT_EQ(fate("this->unread = " HOOK ";"), "unread unread");
  EXPECT_EQ(fate("all.push_back(" HOOK ");"), "unread all");
}

TEST(HookHandles, AreRemovedInTheSameFunction) {
  EXPECT_EQ(fate("unsigned h = " HOOK "; w.remove_hook(h);"), "removed h 1");
  EXPECT_EQ(fate("unsigned h = " HOOK "; if (b) w.remove_hook(h); else w.remove_hook(h);"),
            "removed h 2");
}

TEST(HookHandles, AreKeptForSomebodyElse) {
  EXPECT_EQ(fate("return " HOOK ";"), "kept");
  EXPECT_EQ(fate("unsigned h = " HOOK "; return h;"), "kept h");
  EXPECT_EQ(fate("read = " HOOK ";"), "kept read");
  // What other files do with a member is not in view.
  EXPECT_EQ(
      use("struct Owner { unsigned h; Tensor w; void stop(); void use() { h = " HOOK "; } };"),
      "kept h");
}

TEST(HookHandles, MayOwnTheHook) {
  llvm::StringRef Scoped = "struct Scoped { ~Scoped(); }; Scoped watch(Tensor); struct Plain { int "
                           "id; }; Plain observe(Tensor); void use(Tensor w) { ";
  EXPECT_EQ(use((Scoped + "auto s = ^watch(w); }").str()), "kept");
  EXPECT_EQ(use((Scoped + "^watch(w); }").str()), "discarded"); // gone at once
  EXPECT_EQ(use((Scoped + "auto s = ^observe(w); }").str()), "kept s");
  MarkedSnippet Snippet(
      ("using torch::Tensor; " + Scoped + "$scoped^watch(w); $plain^observe(w); }").str());
  auto Owns = [&](llvm::StringRef Mark) {
    return isOwningHandle(
        *hookSite(*Snippet.at<CallExpr>(Mark), {"watch", "observe"}, Snippet.context()));
  };
  EXPECT_TRUE(Owns("scoped"));
  EXPECT_FALSE(Owns("plain"));
}

TEST(HookHandles, AreNoneOfAFunctionThatReturnsNothing) {
  EXPECT_EQ(use("void watch(Tensor); void use(Tensor w) { ^watch(w); }"), "none");
}

TEST(HookHandles, KnowTheCallsThatTakeAHookAway) {
  MarkedSnippet Snippet(
      "#include <list>\n#include <cstdio>\nstruct Handle { void remove(); }; void "
      "use(torch::Tensor w, Handle h, at::CallbackHandle c, std::list<int> l) { "
      "w.^remove_hook(0); h.^remove(); ^at::removeCallback(c); w.^register_hook([](torch::Tensor "
      "g) { return g; }); "
      "l.^remove(3); ^std::remove(\"file\"); }");
  std::string Text;
  for (const auto *Call : Snippet.all<CallExpr>())
    Text += isHookRemoval(Call) ? "r" : "-";
  EXPECT_EQ(Text, "rrr---");
}

} // namespace
