#include "model/syntax/Arguments.h"
#include "MarkedSnippet.h"
#include "model/syntax/Callee.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "a=1 b=2": each parameter and the text of what it receives, for integers.
std::string pairs(const CallExpr *Call) {
  std::string Text;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Call->getDirectCallee())) {
    const auto *Literal = dyn_cast<IntegerLiteral>(throughDefault(Argument)->IgnoreParenImpCasts());
    Text += Parameter->getName().str() + "=" +
            (Literal ? llvm::toString(Literal->getValue(), 10, true) : "?") + " ";
  }
  return llvm::StringRef(Text).rtrim().str();
}

TEST(Arguments, MeetTheirParameters) {
  MarkedSnippet Snippet(R"cpp(
    void g(int a, int b = 2);
    void print(const char *format, ...);
    struct S { void h(int a); int operator()(int a, int b); friend S operator+(S left, int right); };
    void f(S s) {
      auto lambda = [](int a, int b) {};
      auto generic = [](auto a) {};
      $free[[g(1)]]; $member[[s.h(1)]]; $object[[s(1, 2)]]; $lambda[[lambda(1, 2)]];
      $generic[[generic(1)]]; $operator[[s + 1]]; $ellipsis[[print("", 1, 2)]];
    }
  )cpp");
  EXPECT_EQ(pairs(Snippet.within<CallExpr>("free")), "a=1 b=2");
  EXPECT_EQ(pairs(Snippet.within<CallExpr>("member")), "a=1");
  EXPECT_EQ(pairs(Snippet.within<CallExpr>("object")), "a=1 b=2");
  EXPECT_EQ(pairs(Snippet.within<CallExpr>("lambda")), "a=1 b=2");
  EXPECT_EQ(pairs(Snippet.within<CallExpr>("generic")), "a=1");
  EXPECT_EQ(pairs(Snippet.within<CallExpr>("operator")), "left=? right=1");
  EXPECT_EQ(pairs(Snippet.within<CallExpr>("ellipsis")), "format=?");
  EXPECT_EQ(argumentFor(Snippet.within<CallExpr>("lambda"), 2), nullptr);
}

TEST(Arguments, OfConstructorsAndWrittenOnes) {
  MarkedSnippet Snippet("struct S { S(int a, int b = 2); }; S $one^x(1), $two^y(1, 3);");
  auto Construct = [&](llvm::StringRef Mark) {
    return cast<CXXConstructExpr>(Snippet.at<VarDecl>(Mark)->getInit());
  };
  EXPECT_EQ(argumentsOf(Construct("one")).size(), 2u);
  EXPECT_EQ(writtenArguments(Construct("one")).size(), 1u);
  EXPECT_EQ(writtenArguments(Construct("two")).size(), 2u);
  EXPECT_TRUE(isa<IntegerLiteral>(throughDefault(argumentFor(Construct("one"), 1))));
}

TEST(Arguments, ThatMayBeChanged) {
  MarkedSnippet Snippet("void f(int &a, const int &b, int &&c, int *d, int e);");
  std::string Found;
  for (const ParmVarDecl *P : Snippet.find<FunctionDecl>("f")->parameters())
    Found += takesToChange(P->getType()) ? 'y' : 'n';
  EXPECT_EQ(Found, "ynnnn");
}

} // namespace
