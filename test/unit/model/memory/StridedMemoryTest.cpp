// Raw memory that is read in the order of indices, in which the elements do not lie.
#include "model/memory/StridedMemory.h"
#include "MarkedSnippet.h"
#include "model/syntax/Callee.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string reads(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#include <cstring>\n#include <vector>\nvoid f(torch::Tensor x, float *out) { " + Body +
       " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  static constexpr llvm::StringLiteral Kinds[] = {"", "reordered", "skipping", "device"};
  std::string Text;
  forEachStridedRead(Snippet.find<FunctionDecl>("f"), Graphs, [&](const StridedRead &Found) {
    Text += Kinds[Found.Of.Is].str() + " " + calleeName(Found.Of.Maker).str() + ";";
  });
  return Text;
}

TEST(StridedMemory, ComesFromViewsThatReorderOrSkip) {
  EXPECT_EQ(reads("std::memcpy(out, x.t().data_ptr(), 4);"), "reordered t;");
  EXPECT_EQ(reads("auto y = x.select(1, 0); std::memcpy(out, y.data_ptr(), 4);"),
            "skipping select;");
  EXPECT_EQ(reads("auto y = x.select(0, 1); std::memcpy(out, y.data_ptr(), 4);"), "");
  EXPECT_EQ(reads("auto y = x.cuda(); std::memcpy(out, y.data_ptr(), 4);"), "device cuda;");
}

TEST(StridedMemory, EndsWithACopyInOrder) {
  EXPECT_EQ(reads("auto y = x.t().contiguous(); std::memcpy(out, y.data_ptr(), 4);"), "");
  EXPECT_EQ(reads("auto y = x.t().clone(); std::memcpy(out, y.data_ptr(), 4);"), "reordered t;");
  EXPECT_EQ(reads("auto y = x.select(1, 0).clone(); std::memcpy(out, y.data_ptr(), 4);"), "");
  EXPECT_EQ(reads("auto y = x.t(); y = x.clone(); std::memcpy(out, y.data_ptr(), 4);"), "");
}

TEST(StridedMemory, IsStoredInParametersAsInLocals) {
  EXPECT_EQ(reads("if (*out > 0) x = x.t(); std::memcpy(out, x.data_ptr(), 4);"), "reordered t;");
  EXPECT_EQ(reads("std::memcpy(out, x.data_ptr(), 4); x = x.t();"), "");
  EXPECT_EQ(reads("x = x.t().contiguous(); std::memcpy(out, x.data_ptr(), 4);"), "");
}

TEST(StridedMemory, IsReadByCopiesAndLoops) {
  EXPECT_EQ(
      reads("auto y = x.t(); float *p = y.data_ptr<float>(); std::vector<float> v(p, p + 4);"),
      "reordered t;");
  EXPECT_EQ(reads("auto y = x.t(); auto *p = y.data_ptr<float>(); for (int i = 0; i < 4; ++i) "
                  "out[i] = p[i];"),
            "reordered t;");
  EXPECT_EQ(reads("auto y = x.t(); out[0] = y.data_ptr<float>()[0];"), "");
}

} // namespace
