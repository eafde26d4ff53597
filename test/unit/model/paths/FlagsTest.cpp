// Flags that are the same all through a function.
#include "model/paths/Flags.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Code =
    "void go(); struct Net { bool gpu; void use(bool cuda, bool set) { if (cuda) { $then^go(); } "
    "else "
    "{ $else^go(); } if (!cuda) { $not^go(); } if (gpu) { $member^go(); } set = false; if (set) { "
    "$written^go(); } if (cuda && gpu) { $both^go(); } } };";

std::string flags(llvm::StringRef Name) {
  MarkedSnippet Snippet(Code.str());
  std::string Text;
  for (const Flag &Each : flagsAt(Snippet.at<CallExpr>(Name),
                                  Snippet.find<FunctionDecl>("Net::use"), Snippet.context()))
    Text += (Each.Value ? "" : "!") + Each.Name->getNameAsString();
  return Text;
}

TEST(Flags, AreWhatTheIfsAroundSay) {
  EXPECT_EQ(flags("then"), "cuda");
  EXPECT_EQ(flags("else"), "!cuda");
  EXPECT_EQ(flags("not"), "!cuda");
  EXPECT_EQ(flags("member"), "gpu");
  EXPECT_EQ(flags("written"), "");
  EXPECT_EQ(flags("both"), "");
}

TEST(Flags, ContradictWhereOneIsBoth) {
  MarkedSnippet Snippet(Code.str());
  const auto *Function = Snippet.find<FunctionDecl>("Net::use");
  auto At = [&](llvm::StringRef Name) {
    return flagsAt(Snippet.at<CallExpr>(Name), Function, Snippet.context());
  };
  EXPECT_TRUE(contradict(At("then"), At("not")));
  EXPECT_FALSE(contradict(At("else"), At("not")));
  EXPECT_FALSE(contradict(At("then"), At("member")));
}

} // namespace
