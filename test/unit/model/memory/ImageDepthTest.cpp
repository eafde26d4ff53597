// What the elements of an image are where its memory is shown.
#include "model/memory/ImageDepth.h"
#include "MarkedSnippet.h"
#include "OpenCVSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;
using torchtidy::test::OpenCV;

namespace {

// "depth x channels" of the image whose data is marked.
std::string type(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      (OpenCV + "void f(cv::Mat image, int n, bool b) { cv::Mat m; " + Body + "; }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  const auto *Data = Snippet.within<MemberExpr>();
  ImageType Found = imageTypeAt(imageShownBy(Data), Data, Graphs, Index);
  if (Found.Is != ImageType::Known)
    return Found.Is == ImageType::Nothing ? "nothing" : "unknown";
  return std::to_string(Found.Depth) + " x " + std::to_string(Found.Channels);
}

TEST(ImageType, IsWhatWasWrittenLast) {
  EXPECT_EQ(type("m = cv::imread(\"a\"); [[m.data]]"), "0 x 3");
  EXPECT_EQ(type("m = cv::imread(\"a\", 0); [[m.data]]"), "0 x 1");
  EXPECT_EQ(type("m = cv::imread(\"a\", -1); [[m.data]]"), "unknown");
  EXPECT_EQ(type("m = cv::Mat(2, 2, 21); [[m.data]]"), "5 x 3");
  EXPECT_EQ(type("m = cv::imread(\"a\"); m.convertTo(m, 5); [[m.data]]"), "5 x 3");
  EXPECT_EQ(type("m = cv::imread(\"a\"); cv::resize(m, m); [[m.data]]"), "0 x 3");
  EXPECT_EQ(type("m = cv::imread(\"a\"); m.convertTo(image, 6); [[image.data]]"), "6 x 3");
  EXPECT_EQ(type("m = cv::imread(\"a\"); m.convertTo(m, n); [[m.data]]"), "unknown");
  EXPECT_EQ(type("cv::resize(image, m); [[m.data]]"), "unknown");
  EXPECT_EQ(type("[[m.data]]"), "nothing");
}

TEST(ImageType, IsWhatAllPathsAgreeOn) {
  EXPECT_EQ(type("if (b) m = cv::imread(\"a\"); else m = cv::imread(\"b\", 0); [[m.data]]"),
            "0 x 0");
  EXPECT_EQ(type("m = cv::imread(\"a\"); if (b) m.convertTo(m, 5); [[m.data]]"), "unknown");
  EXPECT_EQ(type("m = cv::imread(\"a\"); while (b) cv::resize(m, m); [[m.data]]"), "0 x 3");
  EXPECT_EQ(type("m = cv::imread(\"a\"); project(m); [[m.data]]"), "unknown");
  EXPECT_EQ(type("m = cv::imread(\"a\"); auto *p = &m; [[m.data]]"), "unknown");
}

TEST(ImageType, IsWhatATestSays) {
  EXPECT_EQ(type("if (image.type() != 16) return; [[image.data]]"), "0 x 3");
  EXPECT_EQ(type("if (image.depth() == 5) { [[image.data]]; }"), "5 x 0");
  EXPECT_EQ(type("if (image.type() == 16) return; [[image.data]]"), "unknown");
  EXPECT_EQ(type("if (image.type() != 16) return; project(image); [[image.data]]"), "unknown");
  EXPECT_EQ(type("m = cv::imread(\"a\"); bool is = m.depth() == 5; [[m.data]]"), "unknown");
}

// Whether what is marked shows the image plane by plane.
bool isPlanes(llvm::StringRef Body) {
  MarkedSnippet Snippet((OpenCV + "void f(cv::Mat image, cv::Mat m) { " + Body + "; }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  return imageReadAsPlanes(Snippet.within<CallExpr>(), Graphs, Index);
}

TEST(ImageReadAsPlanes, HasItsChannelsFirst) {
  EXPECT_TRUE(isPlanes("m = cv::imread(\"a\"); [[torch::from_blob(m.data, {1, 3, 8, 8})]]"));
  EXPECT_TRUE(isPlanes("m = cv::imread(\"a\"); [[torch::from_blob(m.data, {3, m.rows, m.cols})]]"));
  EXPECT_TRUE(isPlanes("[[torch::from_blob(image.data, {3, image.rows, image.cols})]]"));
  EXPECT_FALSE(isPlanes("m = cv::imread(\"a\"); [[torch::from_blob(m.data, {1, 8, 8, 3})]]"));
  EXPECT_FALSE(isPlanes("m = cv::imread(\"a\"); [[torch::from_blob(m.data, {3, 8, 3})]]"));
}

TEST(ImageReadAsPlanes, HasChannelsThatAreKnown) {
  EXPECT_FALSE(isPlanes("m = cv::imread(\"a\", 0); [[torch::from_blob(m.data, {1, 3, 8, 8})]]"));
  EXPECT_FALSE(isPlanes("[[torch::from_blob(image.data, {3, 8, 8})]]"));
  EXPECT_FALSE(isPlanes("[[torch::from_blob(image.data, {3, m.rows, m.cols})]]"));
  EXPECT_TRUE(isPlanes(
      "m = cv::imread(\"a\"); [[torch::from_blob(m.data, {m.channels(), m.rows, m.cols})]]"));
  EXPECT_FALSE(isPlanes("[[torch::from_blob(m.data, {m.channels(), m.rows, m.cols})]]"));
}

TEST(ImageReadAsPlanes, IsNotWhatLiesOtherwise) {
  EXPECT_FALSE(isPlanes("m = cv::imread(\"a\"); "
                        "[[torch::from_blob(m.data, {3, 8, 8}, {1, 24, 3}, torch::kU8)]]"));
  EXPECT_FALSE(isPlanes("m = cv::imread(\"a\"); "
                        "[[torch::from_blob(m.data, {3, 8, 8})]].view({8, 8, 3})"));
}

} // namespace
