// Whether a handle is the only one that keeps its memory.
#include "model/memory/SoleHandle.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Before =
    "#include <memory>\n#include <vector>\nnamespace cv { struct Mat { Mat(); Mat(int, int, int); "
    "Mat(int, int, int, void *); "
    "Mat(const Mat &); Mat &operator=(const Mat &); Mat clone() const; Mat row(int) const; void "
    "convertTo(Mat &, int) const; }; "
    "Mat imread(const char *); void resize(const Mat &, Mat &); } using torch::Tensor; Tensor "
    "elsewhere(); cv::Mat other(); ";

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
        "Tensor ^t = torch::rand({3});", "Tensor ^t = x + x;", "Tensor ^t = x.clone();",
        "auto ^s = std::make_shared<int>(3);", "std::shared_ptr<int> ^s(new int(3));"})
    EXPECT_TRUE(isSole(Body)) << Body.str();
}

TEST(SoleHandle, IsNotOneOfSeveral) {
  for (llvm::StringRef Body :
       {"cv::Mat ^m(2, 2, 0); cv::Mat n = m;", "cv::Mat ^m(2, 2, 0); list.push_back(m);",
        "cv::Mat ^m(2, 2, 0); image = m;", "cv::Mat ^m(2, 2, 0); auto f = [m] {};",
        "Tensor ^t = torch::rand({3}); Tensor u = t;"})
    EXPECT_FALSE(isSole(Body)) << Body.str();
}

TEST(SoleHandle, IsUnknownWhereItsMemoryComesFromElsewhere) {
  for (llvm::StringRef Body :
       {"cv::Mat ^m(2, 2, 0, p);", "cv::Mat ^m = image;", "cv::Mat ^m = image.row(0);",
        "cv::Mat ^m = other();", "cv::Mat ^m;", "Tensor ^t = elsewhere();",
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
