// What gives an image other elements.
#include "model/memory/ImageWrites.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Before = R"cpp(
namespace cv {
struct Mat {
  Mat(); Mat(const Mat &); Mat &operator=(const Mat &); Mat &operator+=(const Mat &);
  int type() const; void create(int, int, int); Mat &setTo(int);
};
struct _InputArray { _InputArray(const Mat &); ~_InputArray(); };
struct _OutputArray : _InputArray { _OutputArray(Mat &); };
struct _InputOutputArray : _OutputArray { _InputOutputArray(Mat &); };
void resize(const _InputArray &, const _OutputArray &);
void line(const _InputOutputArray &);
} // namespace cv
void project(cv::Mat &);
)cpp";

std::string writes(llvm::StringRef Body) {
  MarkedSnippet Snippet((Before + "void f(cv::Mat m, cv::Mat o) { " + Body + " [[1]]; }").str());
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
