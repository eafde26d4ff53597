#include "MarkedSnippet.h"
#include <gtest/gtest-spi.h>

using namespace torchtidy::test;

namespace {
TEST(MarkedText, TakesMarksOut) {
  MarkedText Text("a^b $one^c $two[[d[[e]]]] f[g[0]] $1");
  EXPECT_EQ(Text.Code, "ab c de f[g[0]] $1");
  EXPECT_EQ(Text.Points.lookup(""), std::vector<unsigned>{1});
  EXPECT_EQ(Text.Points.lookup("one"), std::vector<unsigned>{3});
  ASSERT_EQ(Text.Ranges.lookup("two").size(), 1u);
  EXPECT_EQ(Text.Ranges.lookup("two")[0].Begin, 5u);
  EXPECT_EQ(Text.Ranges.lookup("two")[0].End, 7u);
  EXPECT_EQ(Text.Ranges.lookup("")[0].Begin, 6u);
  EXPECT_NONFATAL_FAILURE(MarkedText("x [[y"), "has no end");
}

TEST(MarkedSnippet, FindsNodesAtMarks) {
  MarkedSnippet Snippet(R"cpp(
    #define TWICE(x) ((x) + (x))
    torch::Tensor f(torch::Tensor $parameter^x) {
      auto ^y = $read^x.$relu^relu().$add^add_([[x * 2]]);
      return TWICE($read^x);
    }
  )cpp");
  EXPECT_EQ(Snippet.at<clang::ParmVarDecl>("parameter")->getName(), "x");
  EXPECT_EQ(Snippet.at<clang::VarDecl>()->getName(), "y");
  EXPECT_EQ(Snippet.at<clang::CXXMemberCallExpr>("relu")->getMethodDecl()->getName(), "relu");
  EXPECT_EQ(Snippet.at<clang::CXXMemberCallExpr>("add")->getMethodDecl()->getName(), "add_");
  EXPECT_EQ(Snippet.within<clang::CXXOperatorCallExpr>()->getOperator(), clang::OO_Star);
  // Where nothing has its own location at the point, what begins there is the whole chain.
  MarkedSnippet Chain("auto y(torch::Tensor x) { return ^x.relu().neg(); }");
  EXPECT_EQ(Chain.at<clang::CXXMemberCallExpr>()->getMethodDecl()->getName(), "neg");
  for (const auto *Read : Snippet.all<clang::DeclRefExpr>("read"))
    EXPECT_EQ(Read->getDecl(), Snippet.at<clang::ParmVarDecl>("parameter"));
  EXPECT_EQ(Snippet.offset(Snippet.at<clang::VarDecl>()->getLocation()), Snippet.points().front());
}

TEST(MarkedSnippet, SaysWhatIsNotThere) {
  MarkedSnippet Snippet("int $twice^a, $twice^b;");
  EXPECT_NONFATAL_FAILURE(Snippet.at<clang::VarDecl>("none"), "0 marks 'none', not 1");
  EXPECT_NONFATAL_FAILURE(Snippet.at<clang::VarDecl>("twice"), "2 marks 'twice', not 1");
  EXPECT_NONFATAL_FAILURE(Snippet.within<clang::Expr>(), "0 marks '', not 1");
  EXPECT_NONFATAL_FAILURE(MarkedSnippet("int ^a;").at<clang::Expr>(),
                          "the mark '' is at no such node");
  EXPECT_EQ(Snippet.all<clang::VarDecl>("twice")[1]->getName(), "b");
}
} // namespace
