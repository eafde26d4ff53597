// How the objects of a class keep the memory that they give pointers into.
#include "model/memory/Storage.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Before =
    "#include <deque>\n#include <map>\n#include <memory>\n#include <string_view>\n#include "
    "<vector>\n"
    "namespace cv { struct Mat {}; struct Point {}; } struct Pixels : std::vector<float> {}; "
    "struct Plain { int n; };\n";

TEST(Storage, OfEachKindOfClass) {
  MarkedSnippet Snippet(
      (Before +
       "void f(std::array<int, 3> &^a, const std::vector<int> &^b, std::string ^c, "
       "std::unique_ptr<int[]> ^d, std::map<int, int> ^e, std::deque<int> ^g, "
       "std::shared_ptr<int> ^h, cv::Mat ^i, torch::Tensor ^j, std::string_view ^k, "
       "c10::IntArrayRef ^l, Pixels ^m, Plain ^n, int *^o, cv::Point ^p, c10::optional<int> ^q);")
          .str());
  static constexpr char Kinds[] = {'-', 'i', 'B', 'N', 'S', 'V'};
  std::string Text;
  for (const auto *Parameter : Snippet.all<ParmVarDecl>())
    Text += Kinds[static_cast<int>(storageOf(Parameter->getType()))];
  EXPECT_EQ(Text, "iBBBNNSSSVVB---i");
  EXPECT_EQ(storageOf(QualType()), Storage::Other);
}

TEST(Storage, IsInlineInAMatrixOfFixedSize) {
  MarkedSnippet Snippet(
      "namespace Eigen { template <typename T, int Rows, int Columns> class Matrix {}; }"
      "void f(Eigen::Matrix<float, 3, 1> ^a, Eigen::Matrix<float, -1, 1> ^b, "
      "Eigen::Matrix<float, -1, -1> ^c);");
  std::string Text;
  for (const auto *Parameter : Snippet.all<ParmVarDecl>())
    Text += storageOf(Parameter->getType()) == Storage::Inline ? "i" : "B";
  EXPECT_EQ(Text, "iBB");
}

TEST(Storage, TellsReferencesAccessorsAndImages) {
  MarkedSnippet Snippet(
      (Before + "void f(c10::IntArrayRef ^a, c10::optional<c10::IntArrayRef> ^b, "
                "c10::basic_string_view<char> ^c, "
                "std::vector<int64_t> ^d, torch::TensorAccessor<float, 2> ^e, torch::Tensor ^g, "
                "cv::Mat &^h, cv::Point ^i);")
          .str());
  std::string Text;
  for (const auto *Parameter : Snippet.all<ParmVarDecl>())
    Text += isArrayRef(Parameter->getType())         ? "r"
            : isTensorAccessor(Parameter->getType()) ? "a"
            : isImage(Parameter->getType())          ? "i"
                                                     : "-";
  EXPECT_EQ(Text, "rrr-a-i-");
}

TEST(Storage, IsFilledWhereAContainerKeepsWhatItIsGiven) {
  MarkedSnippet Snippet(
      (Before + "struct Log { void push_back(int); }; void f(std::vector<int> v, Pixels p, "
                "torch::nn::ModuleList m, Log l) { ^v.push_back(1); ^p.push_back(1); "
                "^m->push_back(torch::nn::ReLU()); ^l.push_back(1); ^v.clear(); }")
          .str());
  std::string Text;
  for (const auto *Call : Snippet.all<CXXMemberCallExpr>())
    Text += fillsContainer(Call) ? "f" : "-";
  EXPECT_EQ(Text, "fff--");
}

} // namespace
