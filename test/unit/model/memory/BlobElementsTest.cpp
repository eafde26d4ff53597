// What lies in memory, and what from_blob is told of it.
#include "model/memory/BlobElements.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Head = "#include <vector>\n#include <string>\n#include <cstdint>\n";

// "element owner +offset /bytes" of the pointer [[…]].
std::string memory(llvm::StringRef Marked) {
  MarkedSnippet Snippet(
      (Head + "void f(std::vector<double> &d, void *p, int n) { " + Marked + "; }").str());
  ProjectIndex Index(Snippet.context());
  BlobMemory Found = blobMemory(Snippet.within<Expr>(), Index, Snippet.context());
  if (Found.Element.isNull())
    return "none";
  std::string Text = Found.Element.getAsString(Snippet.context().getPrintingPolicy());
  if (Found.Owner)
    Text += " " + Found.Owner->getName().str();
  if (Found.Offset && *Found.Offset)
    Text += " +" + std::to_string(*Found.Offset);
  if (Found.Bytes)
    Text += " /" + Found.Bytes->text();
  return Text + (Found.IsReinterpreted ? " cast" : "");
}

std::string dtype(llvm::StringRef Options) {
  MarkedSnippet Snippet(
      (Head +
       "void f(float *p, torch::ScalarType s, torch::Tensor x) { ^torch::from_blob(p, {2, 3}" +
       Options + "); }")
          .str());
  bool IsDefault = false;
  std::optional<int64_t> Found = blobDType(Snippet.at<CallExpr>(), Snippet.context(), &IsDefault);
  return Found ? std::to_string(*Found) + (IsDefault ? " default" : "") : "unknown";
}

TEST(BlobMemory, IsOfTheTypeBeforeCasts) {
  EXPECT_EQ(memory("auto *q = [[d.data()]]"), "double d");
  EXPECT_EQ(memory("auto *q = [[(void *)d.data()]]"), "double d");
  EXPECT_EQ(memory("auto *q = [[(float *)d.data()]]"), "double d cast");
  EXPECT_EQ(memory("auto *q = [[d.data() + 2]]"), "double d +16");
  EXPECT_EQ(memory("auto *q = [[d.data() + n]]"), "double d");
  EXPECT_EQ(memory("auto *q = [[p]]"), "void");
}

TEST(BlobMemory, HasTheBytesThatConstantsGiveIt) {
  EXPECT_EQ(memory("std::vector<uint8_t> v(12); auto *q = [[v.data() + 3]]"),
            "unsigned char v +3 /12");
  EXPECT_EQ(memory("std::vector<uint8_t> v(n * sizeof(float)); auto *q = [[v.data()]]"),
            "unsigned char v /4 * n");
  EXPECT_EQ(memory("std::vector<uint8_t> v(n); ++n; auto *q = [[v.data()]]"), "unsigned char v");
  EXPECT_EQ(memory("float a[2][3]; auto *q = [[a]]"), "float a /24");
  EXPECT_EQ(memory("std::vector<uint8_t> v(12); v.resize(n); auto *q = [[v.data()]]"),
            "unsigned char v");
}

TEST(BlobDType, IsAConstantInView) {
  EXPECT_EQ(dtype(""), "6 default");
  EXPECT_EQ(dtype(", torch::kDouble"), "7");
  EXPECT_EQ(dtype(", torch::TensorOptions().dtype(torch::kInt)"), "3");
  EXPECT_EQ(dtype(", torch::kCPU"), "6 default");
  EXPECT_EQ(dtype(", s"), "unknown");
  EXPECT_EQ(dtype(", x.options()"), "unknown");
  EXPECT_EQ(dtype(", torch::dtype<double>()"), "unknown");
}

TEST(BlobCount, IsTheProductOfConstantSizes) {
  MarkedSnippet Snippet("void f(float *p, int64_t n, int m) { $known^torch::from_blob(p, {2, 3}); "
                        "$variable^torch::from_blob(p, {2, n}); "
                        "m = 3; $written^torch::from_blob(p, {2, m}); }");
  auto Count = [&](llvm::StringRef Mark) {
    std::optional<Amount> Found = blobCount(Snippet.at<CallExpr>(Mark), Snippet.context());
    return Found ? Found->text() : "unknown";
  };
  EXPECT_EQ(Count("known"), "6");
  EXPECT_EQ(Count("variable"), "2 * n");
  EXPECT_EQ(Count("written"), "unknown");
}

} // namespace
