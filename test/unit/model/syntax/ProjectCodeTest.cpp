#include "model/syntax/ProjectCode.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(ProjectCode, IsWhatTheProjectWrote) {
  MarkedSnippet Snippet(R"cpp(
    namespace torch { void $main^f(); }
    void g(std::vector<int> v, torch::Tensor x) { v.$standard^clear(); x.$torch^relu(); }
  )cpp");
  const SourceManager &Sources = Snippet.context().getSourceManager();
  EXPECT_TRUE(isProjectCode(Snippet.at<FunctionDecl>("main"), Sources));
  EXPECT_FALSE(isProjectCode(Snippet.at<CXXMemberCallExpr>("standard")->getMethodDecl(), Sources));
  EXPECT_FALSE(isProjectCode(Snippet.at<CXXMemberCallExpr>("torch")->getMethodDecl(), Sources));
}

TEST(ProjectCode, FunctionsToLookAt) {
  MarkedSnippet Snippet(R"cpp(
    struct S { ^S() {} $defaulted^S(const S &) = default; void $declared^f(); };
    template <typename T> void $pattern^g(T) {}
    void h() { auto lambda = []($lambda^int x) {}; }
  )cpp");
  const SourceManager &Sources = Snippet.context().getSourceManager();
  EXPECT_TRUE(isProjectFunction(Snippet.at<FunctionDecl>(), Sources));
  EXPECT_FALSE(isProjectFunction(Snippet.at<FunctionDecl>("defaulted"), Sources));
  EXPECT_FALSE(isProjectFunction(Snippet.at<FunctionDecl>("declared"), Sources));
  EXPECT_FALSE(isProjectFunction(Snippet.at<FunctionDecl>("pattern"), Sources));
}

TEST(ProjectCode, Walks) {
  MarkedSnippet Snippet(R"cpp(
    namespace project { void f() {} struct S { int m; S() : m(1) {} }; }
    template <typename T> struct G { void g() {} };
  )cpp");
  std::string Names;
  forEachProjectDecl(Snippet.context(),
                     [&](Decl *D) { Names += nameOf(dyn_cast<NamedDecl>(D)).str() + " "; });
  EXPECT_EQ(Names, "project G ");
  unsigned Pieces = 0;
  forEachMainFileBody(Snippet.context(), [&](const Stmt *) { ++Pieces; });
  EXPECT_EQ(Pieces, 4u); // f, m(1), the constructor, g
}

} // namespace
