// Images that show a part of another.
#include "model/memory/ImageParts.h"
#include "MarkedSnippet.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Parts = R"cpp(
namespace cv {
struct Rect { Rect(int x, int y, int width, int height); int x, y, width, height; };
struct Range { Range(int start, int end); static Range all(); };
struct Mat {
  Mat(); Mat(const Mat &); Mat(const Mat &, const Rect &); Mat &operator=(const Mat &);
  Mat clone() const; Mat row(int) const; Mat rowRange(int, int) const; Mat colRange(int, int) const;
  Mat operator()(const Rect &) const; Mat operator()(Range, Range) const;
  bool isContinuous() const; unsigned char *ptr(int = 0);
  int rows, cols; unsigned char *data;
};
} // namespace cv
)cpp";

bool isPart(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      (Parts + "void f(const cv::Mat &image, cv::Rect box, int n) { cv::Mat m; " + Body + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  const auto *Function = Snippet.find<FunctionDecl>("f");
  bool Found = false;
  forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    if (operationOf(Call).is(Op::from_blob))
      Found |= bool(partShownAsBlock(Call, Function, Graphs,
                                     [&]() -> const ProjectIndex & { return Index; }));
  });
  return Found;
}

TEST(ImageParts, AreTakenByRectanglesAndColumns) {
  EXPECT_TRUE(isPart("m = image(box); torch::from_blob(m.data, {m.rows, m.cols});"));
  EXPECT_TRUE(isPart("m = cv::Mat(image, box); torch::from_blob(m.ptr(), {8, 8});"));
  EXPECT_TRUE(isPart("m = image.colRange(1, n); torch::from_blob(m.data, {8, n});"));
  EXPECT_TRUE(isPart("m = image(box).rowRange(1, n); torch::from_blob(m.data, {8, n});"));
  EXPECT_TRUE(isPart("torch::from_blob(image(box).data, {8, n});"));
  EXPECT_TRUE(isPart("m = image(box); cv::Mat o = m; torch::from_blob((float *)o.data, {8, n});"));
}

TEST(ImageParts, AreNoneWhereTheyMayBeWholeRows) {
  EXPECT_FALSE(isPart("m = image.rowRange(1, n); torch::from_blob(m.data, {8, n});"));
  EXPECT_FALSE(isPart("m = image(cv::Rect(0, n, 8, 8)); torch::from_blob(m.data, {8, n});"));
  EXPECT_FALSE(isPart("cv::Rect b(n, n, 8, 1); m = image(b); torch::from_blob(m.data, {8, n});"));
  EXPECT_FALSE(isPart("m = image({1, n}, cv::Range::all()); torch::from_blob(m.data, {8, n});"));
  EXPECT_FALSE(isPart("m = image.colRange(0, n); torch::from_blob(m.data, {8, n});"));
}

TEST(ImageParts, AreNoneOnceCopiedAskedOrTold) {
  EXPECT_FALSE(isPart("m = image(box).clone(); torch::from_blob(m.data, {8, n});"));
  EXPECT_FALSE(isPart("m = image(box); m = m.clone(); torch::from_blob(m.data, {8, n});"));
  EXPECT_FALSE(isPart("m = image(box); if (!m.isContinuous()) return; "
                      "torch::from_blob(m.data, {8, n});"));
  EXPECT_FALSE(isPart("m = image(box); torch::from_blob(m.data, {8, n}, {n, 1});"));
  EXPECT_FALSE(isPart("m = image(box); torch::from_blob(m.ptr(n), {m.cols});"));
  EXPECT_FALSE(isPart("m = image(box); torch::from_blob(m.data, {1, m.cols, 3});"));
}

} // namespace
