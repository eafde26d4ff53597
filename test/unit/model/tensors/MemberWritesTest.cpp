// Writes of tensors to data members, and whether a value is the tensor that was there.
#include "model/tensors/MemberWrites.h"
#include "MarkedSnippet.h"
#include "model/facts/Registrations.h"
#include "model/tensors/SameTensor.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string writes(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#include <map>\n#include <vector>\nusing torch::Tensor; struct S { Tensor "
       "m, n; int count; std::vector<Tensor> list; std::map<int, Tensor> table; "
       "void use(S &other, Tensor x) { " +
       Body + " } };")
          .str());
  std::string Text;
  for (const MemberWrite &Write : memberWrites(Snippet.find<FunctionDecl>("S::use")))
    Text += Write.Field->getName().str() + (Write.OnThis ? "" : " of another") +
            (Write.IsRebinding ? " rebound" : "") + "; ";
  return llvm::StringRef(Text).rtrim(" ;").str();
}

TEST(MemberWrites, AreAssignmentsAppendsAndTies) {
  EXPECT_EQ(writes("m = x;"), "m rebound");
  EXPECT_EQ(writes("this->m = x; auto later = [&] { n = x; };"), "m rebound; n rebound");
  EXPECT_EQ(writes("other.m = x;"), "m of another rebound");
  EXPECT_EQ(writes("list.push_back(x);"), "list");
  EXPECT_EQ(writes("table[3] = x;"), "table");
  EXPECT_EQ(writes("std::tie(m, n) = std::make_tuple(x, x);"), "m; n");
}

TEST(MemberWrites, AreNotCopiesIntoATensorNorOtherTypes) {
  EXPECT_EQ(writes("m[0] = x;"), "");
  EXPECT_EQ(writes("m.copy_(x); m.add_(1);"), "");
  EXPECT_EQ(writes("count = 3; Tensor local; local = x;"), "");
}

bool isInPlace(llvm::StringRef Value, bool Unknown = false) {
  MarkedSnippet Snippet(("using torch::Tensor; Tensor same(Tensor a, Tensor b) { a.add_(b); return "
                         "a; } Tensor other(Tensor a, Tensor b) { return b; } Tensor "
                         "elsewhere(Tensor a); struct S { Tensor m; void use(Tensor x) { m = [[" +
                         Value + "]]; } };")
                            .str());
  return isInPlaceOf(Snippet.within<Expr>(), Snippet.find<FieldDecl>("S::m"), Unknown);
}

TEST(SameTensor, IsHandedOnByInPlaceMethodsAndFunctions) {
  EXPECT_TRUE(isInPlace("m.mul_(2)"));
  EXPECT_TRUE(isInPlace("m.mul_(2).add_(x)"));
  EXPECT_TRUE(isInPlace("same(m, x)"));
  EXPECT_FALSE(isInPlace("m.mul(2)"));
  EXPECT_FALSE(isInPlace("m * 2"));
  EXPECT_FALSE(isInPlace("x.mul_(2)"));
  EXPECT_FALSE(isInPlace("other(m, x)"));
}

TEST(SameTensor, MayComeFromAFunctionOutOfView) {
  EXPECT_FALSE(isInPlace("elsewhere(m)"));
  EXPECT_TRUE(isInPlace("elsewhere(m)", /*Unknown=*/true));
}

} // namespace
