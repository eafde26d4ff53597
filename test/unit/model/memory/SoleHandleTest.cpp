// Whether a handle is the only one that keeps its memory.
#include "model/memory/SoleHandle.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Before = R"cpp(
#include <memory>
#include <vector>
namespace cv {
struct Rect {};
struct Mat {
  Mat(); Mat(int, int, int); Mat(int, int, int, void *); explicit Mat(const std::vector<float> &);
  Mat(const Mat &); Mat &operator=(const Mat &);
  Mat clone() const; Mat row(int) const; Mat operator()(Rect) const;
  void convertTo(const struct _OutputArray &, int) const; void assignTo(Mat &) const;
  void copyTo(const struct _OutputArray &) const;
};
struct _InputArray { _InputArray(const Mat &); Mat getMat() const; };
struct _OutputArray : _InputArray { _OutputArray(Mat &); _OutputArray(const Mat &); };
Mat imread(const char *);
void resize(const _InputArray &, const _OutputArray &);
void swap(Mat &, Mat &);
} // namespace cv
using torch::Tensor;
Tensor elsewhere();
cv::Mat other();
void project(const cv::_InputArray &);
)cpp";

bool isSole(llvm::StringRef Body) {
  MarkedSnippet Snippet((Before +
                         "void f(cv::Mat image, Tensor x, void *p, std::vector<cv::Mat> &list) { " +
                         Body + " }")
                            .str());
  ProjectIndex Index(Snippet.context());
  return isSoleHandle(Snippet.at<VarDecl>(), Index);
}

TEST(SoleHandle, IsMadeWithMemoryOfItsOwn) {
  for (llvm::StringRef Body :
       {"cv::Mat ^m(2, 2, 0);", "cv::Mat ^m = cv::imread(\"a\");", "cv::Mat ^m = image.clone();",
        "cv::Mat ^m; cv::resize(image, m);", "cv::Mat ^m; image.convertTo(m, 1);",
        "cv::Mat ^m(2, 2, 0); cv::resize(m, image);", "cv::Mat ^m(2, 2, 0); m.convertTo(image, 1);",
        "cv::Mat ^m(2, 2, 0); image.copyTo(m(cv::Rect()));",
        "cv::Mat ^m(2, 2, 0); m.row(1).copyTo(image);",
        "cv::Mat ^m(2, 2, 0); list.push_back(m(cv::Rect()).clone());",
        "Tensor ^t = torch::rand({3});", "Tensor ^t = x + x;", "Tensor ^t = x.clone();",
        "auto ^s = std::make_shared<int>(3);", "std::shared_ptr<int> ^s(new int(3));"})
    EXPECT_TRUE(isSole(Body)) << Body.str();
}

TEST(SoleHandle, IsNotOneOfSeveral) {
  for (llvm::StringRef Body :
       {"cv::Mat ^m(2, 2, 0); cv::Mat n = m;", "cv::Mat ^m(2, 2, 0); list.push_back(m);",
        "cv::Mat ^m(2, 2, 0); image = m;", "cv::Mat ^m(2, 2, 0); auto f = [m] {};",
        "cv::Mat ^m(2, 2, 0); list.push_back(m(cv::Rect()));",
        "cv::Mat ^m(2, 2, 0); image = m.row(0).row(1);", "cv::Mat ^m(2, 2, 0); m.assignTo(image);",
        "cv::Mat ^m(2, 2, 0); cv::swap(image, m);", "cv::Mat ^m(2, 2, 0); project(m);",
        "Tensor ^t = torch::rand({3}); Tensor u = t;"})
    EXPECT_FALSE(isSole(Body)) << Body.str();
}

TEST(SoleHandle, IsUnknownWhereItsMemoryComesFromElsewhere) {
  for (llvm::StringRef Body :
       {"cv::Mat ^m(2, 2, 0, p);", "cv::Mat ^m = image;", "cv::Mat ^m = image.row(0);",
        "cv::Mat ^m = other();", "cv::Mat ^m;", "cv::Mat ^m; image.assignTo(m);",
        "std::vector<float> v; cv::Mat ^m(v);", "Tensor ^t = elsewhere();",
        "Tensor ^t = x.view({-1});", "Tensor ^t = x;", "static Tensor ^t = torch::rand({3});",
        "cv::Mat ^m(2, 2, 0); m = image;"})
    EXPECT_FALSE(isSole(Body)) << Body.str();
}

TEST(SoleHandle, KnowsExpressionsThatMakeMemory) {
  MarkedSnippet Snippet(
      (Before +
       "template <typename T> void use(const T &); void f(Tensor x) { use($yes[[x * 2]]); }")
          .str());
  EXPECT_TRUE(makesOwnMemory(Snippet.within<Expr>("yes")));
  EXPECT_FALSE(makesOwnMemory(nullptr));
}

} // namespace
