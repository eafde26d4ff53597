// Writes of tensors to data members.
#include "model/tensors/MemberWrites.h"
#include "MarkedSnippet.h"

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

} // namespace
