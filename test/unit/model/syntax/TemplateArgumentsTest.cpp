#include "model/syntax/TemplateArguments.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string text(QualType Type) { return Type.isNull() ? "-" : Type.getAsString(); }

TEST(TemplateArguments, OfClasses) {
  MarkedSnippet Snippet("template <typename A, int N, typename... More> struct Box {}; "
                        "Box<int, 3, float> ^box; int $plain^i;");
  const CXXRecordDecl *Box = Snippet.at<VarDecl>()->getType()->getAsCXXRecordDecl();
  EXPECT_EQ(text(templateTypeArgument(Box)), "int");
  EXPECT_EQ(text(templateTypeArgument(Box, 1)), "-");
  EXPECT_EQ(text(templateTypeArgument(Box, 2)), "-");
  EXPECT_EQ(text(templateTypeArgument(Box, 3)), "-");
  const VarDecl *Plain = Snippet.at<VarDecl>("plain");
  EXPECT_EQ(text(templateTypeArgument(Plain->getType()->getAsCXXRecordDecl())), "-");
}

TEST(TemplateArguments, OfFunctions) {
  MarkedSnippet Snippet(
      "template <typename T> T make(); void f() { $made^make<int>(); $plain^f(); }");
  EXPECT_EQ(text(templateTypeArgument(Snippet.at<CallExpr>("made")->getDirectCallee())), "int");
  EXPECT_EQ(text(templateTypeArgument(Snippet.at<CallExpr>("plain")->getDirectCallee())), "-");
}

TEST(TemplateArguments, OfTuples) {
  MarkedSnippet Snippet("#include <tuple>\nvoid f(std::tuple<int, float> t) { $one^std::get<1>(t); "
                        "$type^std::get<int>(t); $plain^f(t); }");
  EXPECT_EQ(partOfTuple(Snippet.at<CallExpr>("one")), 1u);
  EXPECT_EQ(partOfTuple(Snippet.at<CallExpr>("type")), std::nullopt);
  EXPECT_EQ(partOfTuple(Snippet.at<CallExpr>("plain")), std::nullopt);
}

} // namespace
