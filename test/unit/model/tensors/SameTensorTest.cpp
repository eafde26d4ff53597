// Whether a value is a tensor that was there before.
#include "model/tensors/SameTensor.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool isInPlace(llvm::StringRef Value, bool Unknown = false) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; Tensor same(Tensor a, Tensor b) { a.add_(b); return "
       "a; } Tensor other(Tensor a, Tensor b) { return b; } Tensor twice(Tensor a) { return "
       "same(same(a, a), a); } "
       "Tensor rebound(Tensor a) { a = a * 2; return a; } Tensor again(Tensor a) { return "
       "again(a); } Tensor either(Tensor a, bool b) { if (b) return a * 2; return a; } "
       "Tensor elsewhere(Tensor a); struct S { Tensor m; void use(Tensor x) { m = [[" +
       Value + "]]; } };")
          .str());
  return isInPlaceOf(Snippet.within<Expr>(), Snippet.find<FieldDecl>("S::m"), Unknown);
}

TEST(SameTensor, IsHandedOnByInPlaceMethods) {
  EXPECT_TRUE(isInPlace("m.mul_(2)"));
  EXPECT_TRUE(isInPlace("m.mul_(2).add_(x)"));
  EXPECT_TRUE(isInPlace("std::move(m)"));
  EXPECT_FALSE(isInPlace("m.mul(2)"));
  EXPECT_FALSE(isInPlace("m.mul(2).add_(x)"));
  EXPECT_FALSE(isInPlace("m * 2"));
  EXPECT_FALSE(isInPlace("x.mul_(2)"));
}

TEST(SameTensor, IsHandedOnByFunctionsThatReturnIt) {
  EXPECT_TRUE(isInPlace("same(m, x)"));
  EXPECT_TRUE(isInPlace("twice(m)"));
  EXPECT_FALSE(isInPlace("same(x, m)"));
  EXPECT_FALSE(isInPlace("other(m, x)"));
  EXPECT_FALSE(isInPlace("rebound(m)"));
  EXPECT_FALSE(isInPlace("either(m, true)")); // not on every path
}

TEST(SameTensor, EndsInARecursiveFunction) { EXPECT_FALSE(isInPlace("again(m)")); }

TEST(SameTensor, MayComeFromAFunctionOutOfView) {
  EXPECT_FALSE(isInPlace("elsewhere(m)"));
  EXPECT_TRUE(isInPlace("elsewhere(m)", /*Unknown=*/true));
  EXPECT_FALSE(isInPlace("elsewhere(x)", /*Unknown=*/true));
  EXPECT_FALSE(isInPlace("m.mul(2)", /*Unknown=*/true));
}

} // namespace
