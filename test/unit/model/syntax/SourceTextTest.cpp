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

TEST(SourceText, GivesNamesThatAreFree) {
  MarkedSnippet Snippet("void f(int a) { int b_2 = a; int b = b_2; }");
  SourceRange In = Snippet.find<FunctionDecl>("f")->getSourceRange();
  EXPECT_EQ(unusedName("c", In, Snippet.context()), "c");
  EXPECT_EQ(unusedName("c", In, Snippet.context(), 1), "c_2");
  EXPECT_EQ(unusedName("a", In, Snippet.context()), "a_2");
  EXPECT_EQ(unusedName("b", In, Snippet.context()), "b_3");
}

TEST(SourceText, CallsMembersOnWhatHasParentheses) {
  MarkedSnippet Snippet(
      "#define ONE(x) (x + 1)\n"
      "void f(int x, int *p) { int $name^a = x, $sum^b = x + 2, $element^c = p[0],"
      " $choice^d = x ? x : 1, $macro^e = ONE(x), $inside^g = (x + 2); }");
  auto Inserted = [&](llvm::StringRef Mark) {
    std::string Text;
    for (const FixItHint &Fix :
         calledOn(Snippet.at<VarDecl>(Mark)->getInit(), ".run()", Snippet.context()))
      Text += Fix.CodeToInsert;
    return Text;
  };
  EXPECT_EQ(Inserted("name"), ".run()");
  EXPECT_EQ(Inserted("element"), ".run()");
  EXPECT_EQ(Inserted("sum"), "().run()");
  EXPECT_EQ(Inserted("choice"), "().run()");
  EXPECT_EQ(Inserted("inside"), "().run()");
  EXPECT_EQ(Inserted("macro"), "");
}

} // namespace
