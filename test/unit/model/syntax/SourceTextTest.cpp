#include "model/syntax/SourceText.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(SourceText, QuotesWhatStandsOnOneLine) {
  MarkedSnippet Snippet(
      "#define ONE(x) (x + 1)\n"
      "void f(int x) { int $one^a = x  + 2, $lines^b = x +\n  3, $macro^c = ONE(x); }");
  ASTContext &Context = Snippet.context();
  auto Init = [&](llvm::StringRef Mark) { return Snippet.at<VarDecl>(Mark)->getInit(); };
  EXPECT_EQ(sourceText(Init("one"), Context, "other"), "x  + 2");
  EXPECT_EQ(sourceText(Init("one"), Context, "other", 3), "other");
  EXPECT_EQ(sourceText(Init("lines"), Context, "other"), "other");
  EXPECT_EQ(sourceText(Init("macro"), Context, "other"), "other");
  EXPECT_EQ(sourceText(nullptr, Context, "other"), "other");
  EXPECT_EQ(onOneLine(Init("lines"), Context), "x + 3");
  EXPECT_TRUE(isEditable(Init("lines")));
  EXPECT_FALSE(isEditable(Init("macro")));
  EXPECT_FALSE(isEditable(SourceRange()));
  EXPECT_EQ(rawText(Init("one")->getSourceRange(), Context), "x  + 2");
  EXPECT_EQ(Snippet.offset(endOfToken(Init("one")->getEndLoc(), Context)),
            Snippet.offset(Init("one")->getEndLoc()) + 1);
}

TEST(SourceText, CountsNamesInCodeThatIsLeftOut) {
  MarkedSnippet Snippet("void f(int x) { x = x + 1; // x\n#ifdef NEVER\n  int xs = x;\n#endif\n}");
  const auto *Function = Snippet.find<FunctionDecl>("f");
  EXPECT_EQ(timesWritten("x", Function->getSourceRange(), Snippet.context()), 4u);
  EXPECT_EQ(timesWritten("y", Function->getSourceRange(), Snippet.context()), 0u);
  EXPECT_EQ(timesWritten("x", SourceRange(), Snippet.context()), 0u);
}

} // namespace
