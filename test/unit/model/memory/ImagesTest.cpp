// The proxies by which OpenCV's functions take images.
#include "model/memory/Images.h"
#include "MarkedSnippet.h"
#include "OpenCVSnippet.h"
#include "model/syntax/Places.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;
using torchtidy::test::OpenCV;

namespace {

// Of a function's parameter.
QualType taken(const MarkedSnippet &Snippet, llvm::StringRef Function, unsigned Index) {
  return Snippet.find<FunctionDecl>(Function)->getParamDecl(Index)->getType();
}

TEST(Images, HaveProxiesThatAreReadWrittenOrDrawnInto) {
  MarkedSnippet Snippet((OpenCV + "void f() { [[1]]; }").str());
  EXPECT_FALSE(isImageProxy(taken(Snippet, "project", 0)));
  EXPECT_TRUE(isImageProxy(taken(Snippet, "cv::resize", 0)));
  EXPECT_FALSE(isOutputProxy(taken(Snippet, "cv::resize", 0)));
  EXPECT_TRUE(isOutputProxy(taken(Snippet, "cv::resize", 1)));
  EXPECT_FALSE(isOnlyDrawnInto(taken(Snippet, "cv::resize", 1)));
  EXPECT_TRUE(isOnlyDrawnInto(taken(Snippet, "cv::line", 0)));
}

TEST(Images, AreFoundThroughTheirProxies) {
  MarkedSnippet Snippet((OpenCV + "void f(cv::Mat a, cv::Mat b) { [[cv::resize(a, b)]]; }").str());
  const auto *Call = Snippet.within<CallExpr>();
  EXPECT_EQ(namedVariable(throughProxy(Call->getArg(0)))->getName(), "a");
  EXPECT_EQ(namedVariable(throughProxy(Call->getArg(1)))->getName(), "b");
}

} // namespace
