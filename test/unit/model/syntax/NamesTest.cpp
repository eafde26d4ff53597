#include "model/syntax/Names.h"
#include "MarkedSnippet.h"

using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(Names, OfWhatHasNone) {
  MarkedSnippet Snippet(R"cpp(
    struct S { void $plain^f(); S &$operator^operator=(int); };
    namespace { int $inner^x; }
  )cpp");
  EXPECT_EQ(nameOf(Snippet.at<clang::CXXMethodDecl>("plain")), "f");
  EXPECT_EQ(nameOf(Snippet.at<clang::CXXMethodDecl>("operator")), "");
  EXPECT_EQ(nameOf(nullptr), "");
  EXPECT_EQ(outermostNamespace(Snippet.at<clang::VarDecl>("inner")), "");
}

TEST(Names, LookThroughInlineNamespaces) {
  MarkedSnippet Snippet(R"cpp(
    namespace a { inline namespace v1 { namespace b { struct C { int ^x; }; } } }
  )cpp");
  const auto *Class = Snippet.find<clang::CXXRecordDecl>("a::b::C");
  EXPECT_TRUE(isNamed(Class, "a::b::C"));
  EXPECT_FALSE(isNamed(Class, "b::C"));
  EXPECT_FALSE(isNamed(Class, "a::b::D"));
  EXPECT_FALSE(isNamed(nullptr, "a"));
  EXPECT_EQ(outermostNamespace(Snippet.at<clang::FieldDecl>()), "a");
}

TEST(Names, OfTheStandardLibrary) {
  MarkedSnippet Snippet(
      "void f(std::vector<int> v) { v.$member^push_back(1); $free[[std::move]](v); }");
  const auto *Member = Snippet.at<clang::CXXMemberCallExpr>("member")->getMethodDecl();
  const auto *Free = Snippet.within<clang::DeclRefExpr>("free")->getDecl();
  EXPECT_TRUE(isStdDecl(Member));
  EXPECT_FALSE(isStdNamed(Member, {"push_back"})); // of a class, not of std itself
  EXPECT_TRUE(isStdNamed(Free, {"forward", "move"}));
  EXPECT_FALSE(isStdNamed(Free, {"forward"}));
}

} // namespace
