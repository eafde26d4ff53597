// Which calls make a tensor over memory that it does not own.
#include "model/memory/Blobs.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// For each such tensor of `f`: its owner, its dtype where it is a constant, "strided".
std::string blobs(llvm::StringRef Body, llvm::StringRef Before = "") {
  MarkedSnippet Snippet(
      ("#include <vector>\nusing namespace torch; " + Before +
       " void f(std::vector<float> &given, ScalarType type) { std::vector<float> v(6); " + Body +
       " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Text;
  Blobs(Graphs, Index)
      .forEach(Snippet.find<FunctionDecl>("f"), [&](const Borrow &Value, const FunctionDecl *) {
        Text += (Value.Owner.Owner ? Value.Owner.Owner->getName().str() : "temporary") +
                (Value.DType ? ":" + std::to_string(*Value.DType) : "") +
                (Value.IsStrided ? " strided" : "") + "; ";
      });
  if (!Text.empty())
    EXPECT_TRUE(makesBlobs(Snippet.find<FunctionDecl>("f")));
  return llvm::StringRef(Text).rtrim(" ;").str();
}

TEST(Blobs, AreMadeByFromBlob) {
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {6});"), "v:6"); // float, the default
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {6}, kDouble);"), "v:7");
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {6}, type);"), "v");
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {6}, kept.opts_);",
                  "struct { TensorOptions opts_ = kDouble; } kept;"),
            "v");
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {6}, torch::dtype<double>());"), "v");
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {2, 3}, {1, 2});"), "v:6 strided");
  EXPECT_EQ(blobs("auto g = [&] { return torch::from_blob(v.data(), {6}); };"), "v:6");
}

TEST(Blobs, WithADeleterOwnTheirMemory) {
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {6}, [](void *p) { free(p); });"), "");
  EXPECT_EQ(blobs("auto t = torch::from_blob(v.data(), {6}, [](void *) {});"),
            "v:6"); // one that keeps nothing
}

TEST(Blobs, AreMadeByFunctionsThatReturnOne) {
  EXPECT_EQ(blobs("auto t = wrap(v);",
                  "Tensor wrap(std::vector<float> &x) { return torch::from_blob(x.data(), {3}); }"),
            "v");
  EXPECT_EQ(
      blobs(
          "auto t = wrap(v);",
          "Tensor wrap(std::vector<float> &x) { return torch::from_blob(x.data(), {3}).clone(); }"),
      "");
  EXPECT_EQ(blobs("auto t = wrap(v);", "Tensor wrap(std::vector<float> &x);"), "");
}

} // namespace
