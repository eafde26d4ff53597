// Names that lead into a list which nothing keeps.
#include "model/memory/TemporaryLists.h"
#include "MarkedSnippet.h"
#include "model/syntax/Callee.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "name of list"
std::string found(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; void f(torch::nn::Linear net, Tensor x) { " + Body + " }").str());
  std::string Text;
  forEachTemporaryElement(
      Snippet.find<FunctionDecl>("f"), Snippet.context(), [&](const TemporaryElement &Found) {
        EXPECT_TRUE(Found.Use);
        Text += Found.Name->getName().str() + " of " + calleeName(Found.List).str() + "; ";
      });
  return llvm::StringRef(Text).rtrim("; ").str();
}

TEST(TemporaryLists, EndBeforeWhatLeadsIntoThem) {
  EXPECT_EQ(found("auto &w = net->named_parameters()[\"w\"]; w.zero_();"), "w of named_parameters");
  EXPECT_EQ(found("auto *w = net->named_parameters().find(\"w\"); w->zero_();"),
            "w of named_parameters");
  EXPECT_EQ(found("for (auto &w : net->named_parameters().items()) w.key();"),
            "w of named_parameters");
}

TEST(TemporaryLists, AreKeptByAName) {
  EXPECT_EQ(found("auto all = net->parameters(); auto &w = all[0]; w.zero_();"), "");
  EXPECT_EQ(found("auto &&all = net->parameters(); all[0].zero_();"), "");
  EXPECT_EQ(found("for (auto &w : net->parameters()) w.zero_();"), "");
}

TEST(TemporaryLists, MatterOnlyWhereTheNameIsUsed) {
  EXPECT_EQ(found("auto &w = net->parameters()[0];"), "");
  EXPECT_EQ(found("auto *w = net->named_parameters().find(\"w\"); if (w) return;"), "");
  EXPECT_EQ(found("auto w = net->parameters()[0]; w.zero_();"), "");
}

} // namespace
