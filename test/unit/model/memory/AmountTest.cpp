// Numbers of elements that can be compared though a run decides them.
#include "model/memory/Amount.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string amount(llvm::StringRef Expression, llvm::StringRef After = "") {
  MarkedSnippet Snippet(("void g(long &); void f(int n, long m, short s) { auto x = [[" +
                         Expression + "]]; " + After + " }")
                            .str());
  std::optional<Amount> Found = amountOf(Snippet.within<Expr>(), Snippet.context());
  return Found ? Found->text() : "unknown";
}

TEST(Amount, IsAConstantOrAMultipleOfWhatNothingWrites) {
  EXPECT_EQ(amount("6 * 8"), "48");
  EXPECT_EQ(amount("n"), "n");
  EXPECT_EQ(amount("4 * n * m"), "4 * n * m");
  EXPECT_EQ(amount("m * n"), "n * m");
  EXPECT_EQ(amount("n * sizeof(float)"), "4 * n");
  EXPECT_EQ(amount("static_cast<long>(n)"), "n");
  EXPECT_EQ(amount("n + 1"), "unknown");
  EXPECT_EQ(amount("static_cast<short>(m)"), "unknown");
}

TEST(Amount, IsUnknownOfWhatIsWritten) {
  EXPECT_EQ(amount("m", "m = 3;"), "unknown");
  EXPECT_EQ(amount("m", "++m;"), "unknown");
  EXPECT_EQ(amount("m", "g(m);"), "unknown");
}

} // namespace
