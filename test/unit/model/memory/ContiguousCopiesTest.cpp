// Contiguous copies that are made for nothing.
#include "model/memory/ContiguousCopies.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "c 2": the copy, and how many pointers into what was copied are taken after it.
std::string unused(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("void take(const float *); void f(torch::Tensor x) { " + Body + " }").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Text;
  forEachUnusedContiguousCopy(
      Snippet.find<FunctionDecl>("f"), Graphs, [&]() -> const ProjectIndex & { return Index; },
      [&](const UnusedContiguousCopy &Found) {
        Text += Found.Copy->getName().str() + " " + std::to_string(Found.Pointers.size()) + ";";
      });
  return Text;
}

TEST(ContiguousCopies, AreUnusedWhereOnlySizesAreAsked) {
  EXPECT_EQ(unused("auto c = x.contiguous(); take(x.data_ptr<float>());"), "c 1;");
  EXPECT_EQ(unused("auto c = x.contiguous(); take(x.data_ptr<float>() + c.numel()); "
                   "take(x.data_ptr<float>());"),
            "c 2;");
  EXPECT_EQ(unused("torch::Tensor c; c = x.contiguous(); take(x.data_ptr<float>());"), "c 1;");
  EXPECT_EQ(unused("auto c = x.contiguous(); [&] { take(x.data_ptr<float>()); c.dim(); }();"),
            "c 1;");
}

TEST(ContiguousCopies, AreUsedWhereTheirMemoryIs) {
  EXPECT_EQ(unused("auto c = x.contiguous(); take(x.data_ptr<float>()); "
                   "take(c.data_ptr<float>());"),
            "");
  EXPECT_EQ(unused("auto c = x.contiguous(); auto d = c; take(x.data_ptr<float>());"), "");
  EXPECT_EQ(unused("auto c = x.contiguous(); take(x.data_ptr<float>());\n#ifdef NEVER\n"
                   "take(c.data_ptr<float>());\n#endif\n"),
            "");
}

TEST(ContiguousCopies, AreOfTensorsThatMayLieOtherwise) {
  EXPECT_EQ(unused("if (!x.is_contiguous()) return; auto c = x.contiguous(); "
                   "take(x.data_ptr<float>());"),
            "");
  EXPECT_EQ(unused("auto y = torch::zeros({4}); auto c = y.contiguous(); "
                   "take(y.data_ptr<float>());"),
            "");
  EXPECT_EQ(unused("auto y = torch::zeros({4, 2}).t(); auto c = y.contiguous(); "
                   "take(y.data_ptr<float>());"),
            "c 1;");
  EXPECT_EQ(unused("auto c = x.contiguous(); x = c.clone(); take(x.data_ptr<float>());"), "");
  EXPECT_EQ(unused("auto c = x.contiguous(); if (x.data_ptr<float>() == nullptr) return;"), "");
}

} // namespace
