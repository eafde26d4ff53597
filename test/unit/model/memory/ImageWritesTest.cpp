// What gives an image other elements.
#include "model/memory/ImageWrites.h"
#include "MarkedSnippet.h"
#include "OpenCVSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;
using torchtidy::test::OpenCV;

namespace {

std::string writes(llvm::StringRef Body) {
  MarkedSnippet Snippet((OpenCV + "void f(cv::Mat m, cv::Mat o) { " + Body + " [[1]]; }").str());
  const auto *Function = Snippet.find<FunctionDecl>("f");
  auto Found = imageWrites(Function->getParamDecl(0), Function->getBody(), Snippet.context());
  if (!Found)
    return "unknown";
  std::string Text = std::to_string(Found->size());
  for (const ImageWrite &Write : *Found)
    Text += Write.Value ? " value" : " call";
  return Text;
}

TEST(ImageWrites, AreAssignmentsAndCalls) {
  EXPECT_EQ(writes("m = o;"), "1 value");
  EXPECT_EQ(writes("cv::resize(o, m);"), "1 call");
  EXPECT_EQ(writes("m.create(1, 2, 3); m = o;"), "2 call value");
  EXPECT_EQ(writes("project(m);"), "1 call");
}

TEST(ImageWrites, AreNoneWhereTheTypeStays) {
  EXPECT_EQ(writes("cv::resize(m, o);"), "0");
  EXPECT_EQ(writes("cv::line(m);"), "0");
  EXPECT_EQ(writes("m.setTo(0);"), "0");
  EXPECT_EQ(writes("m += o;"), "0");
  EXPECT_EQ(writes("m.type();"), "0");
}

TEST(ImageWrites, AreUnknownThroughAReference) {
  EXPECT_EQ(writes("cv::Mat &other = m; other = o;"), "unknown");
}

} // namespace
