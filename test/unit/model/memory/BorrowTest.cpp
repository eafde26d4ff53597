// What an expression has of a borrowed value.
#include "model/memory/Borrow.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What the marked expression carries of the tensor in `t`: "same", "strided", "maybe" where a call
// may copy, "no".
std::string carries(llvm::StringRef Expression) {
  MarkedSnippet Snippet(
      ("#include <vector>\nusing namespace torch; template <typename T> void take(const T &); void "
       "f(std::vector<float> v, Tensor other, Device device, bool b) { Tensor $t^t = "
       "$seed[[torch::from_blob(v.data(), {2, 3})]]; take([[" +
       Expression + "]]); }")
          .str());
  Borrow Value;
  Value.Seed = Snippet.within<Expr>("seed");
  Value.DType = 6;
  const auto *T = Snippet.at<VarDecl>("t");
  Carry Found = carriedBy(
      Snippet.within<Expr>(), Value, /*SeedIsFresh=*/true,
      [&](const Place &At) { return At.Root == T ? Carry{Carry::Same, nullptr} : Carry(); },
      Snippet.context());
  return !Found                         ? "no"
         : Found.MayCopy                ? "maybe"
         : Found.Kind == Carry::Strided ? "strided"
                                        : "same";
}

TEST(Borrow, IsCarriedByNamesAndViews) {
  EXPECT_EQ(carries("t"), "same");
  EXPECT_EQ(carries("t.view({-1})"), "same");
  EXPECT_EQ(carries("t.detach()"), "same");
  EXPECT_EQ(carries("b ? t : other"), "same");
  EXPECT_EQ(carries("t.t()"), "strided");
}

TEST(Borrow, EndsWithACopy) {
  EXPECT_EQ(carries("other"), "no");
  EXPECT_EQ(carries("t.clone()"), "no");
  EXPECT_EQ(carries("t + 1"), "no");
  EXPECT_EQ(carries("t.to(kDouble)"), "no");
  EXPECT_EQ(carries("t.t().contiguous()"), "no");
  EXPECT_EQ(carries("torch::stack({t, t})"), "no");
}

TEST(Borrow, MayEndWhereACallNeedNotCopy) { EXPECT_EQ(carries("t.to(device)"), "maybe"); }

TEST(Borrow, TravelsInWhatMayHoldAPointer) {
  MarkedSnippet Snippet("#include <vector>\nstruct Pair { torch::Tensor a; }; void f(torch::Tensor "
                        "^a, Pair ^b, std::vector<torch::Tensor> ^c, float *^d, int ^e, double ^g, "
                        "std::string ^h, std::vector<int> ^i);");
  std::string Text;
  for (const auto *Parameter : Snippet.all<ParmVarDecl>())
    Text += canCarry(Parameter->getType()) ? Parameter->getName() : "-";
  EXPECT_EQ(Text, "abcd----");
}

TEST(Borrow, IsAtThePlaceBehindReferences) {
  MarkedSnippet Snippet(
      "struct Pair { int a; }; template <typename T> void take(const T &); void f() { Pair $p^p; "
      "auto &r = p; auto *q = &p; take($r[[r]]); take($q[[q->a]]); take($own[[p.a]]); }");
  for (llvm::StringRef Mark : {"r", "q", "own"})
    EXPECT_EQ(resolvedPlace(Snippet.within<Expr>(Mark)).Root, Snippet.at<VarDecl>("p"))
        << Mark.str();
}

} // namespace
