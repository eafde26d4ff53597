// Where code asks what type an image is of.
#include "model/memory/ImageTests.h"
#include "MarkedSnippet.h"
#include "OpenCVSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;
using torchtidy::test::OpenCV;

namespace {

std::string tested(llvm::StringRef Body) {
  MarkedSnippet Snippet((OpenCV + "void f(cv::Mat m, int n) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  const auto *Function = Snippet.find<FunctionDecl>("f");
  const ParmVarDecl *Image = Function->getParamDecl(0);
  auto Writes = imageWrites(Image, Function->getBody(), Snippet.context());
  if (!Writes)
    return "written somewhere";
  ImageType Found = testedImageType(Image, Snippet.within<CallExpr>(), Function, *Writes, Graphs);
  return Found.Is == ImageType::Known ? std::to_string(Found.Depth) : "unknown";
}

TEST(ImageTests, SayWhatTheTypeIs) {
  EXPECT_EQ(tested("if (m.type() != 16) return; [[project(m)]];"), "0");
  EXPECT_EQ(tested("if (m.type() == 21) [[project(m)]];"), "5");
  EXPECT_EQ(tested("if (m.type() != n) return; [[project(m)]];"), "unknown");
  EXPECT_EQ(tested("[[project(m)]];"), "unknown");
}

TEST(ImageTests, AskOrHandOn) {
  auto Asks = [](llvm::StringRef Body) {
    MarkedSnippet Snippet((OpenCV + "void f(cv::Mat m, cv::Mat o) { " + Body + " [[1]]; }").str());
    const auto *Function = Snippet.find<FunctionDecl>("f");
    return asksImageType(Function->getParamDecl(0), Function->getBody());
  };
  EXPECT_TRUE(Asks("if (m.type() == 16) project(m);"));
  EXPECT_FALSE(Asks("o.create(1, 2, m.type());"));
  EXPECT_FALSE(Asks("project(m);"));
}

} // namespace
