#include "support/UnifiedDiff.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

std::string diff(llvm::StringRef Before, llvm::StringRef After) {
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  printUnifiedDiff("f", Before, After, OS);
  return OS.str();
}

TEST(UnifiedDiff, SaysNothingOfEqualTexts) { EXPECT_EQ(diff("a\nb\n", "a\nb\n"), ""); }

TEST(UnifiedDiff, ShowsThreeLinesAround) {
  EXPECT_EQ(diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, SplitsWhatIsFarApart) {
  std::string Before, After;
  for (int I = 0; I < 20; ++I) {
    Before += std::to_string(I) + "\n";
    After += (I == 1 || I == 18 ? "x" : std::to_string(I)) + "\n";
  }
  std::string Text = diff(Before, After);
  EXPECT_NE(Text.find("@@ -1,5 +1,5 @@"), std::string::npos) << Text;
  EXPECT_NE(Text.find("@@ -16,5 +16,5 @@"), std::string::npos) << Text;
}

TEST(UnifiedDiff, MarksAMissingEndOfLine) {
  EXPECT_EQ(diff("a", "b\n"),
            "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n");
}

TEST(UnifiedDiff, CountsFromZeroWhereThereIsNoLine) {
  EXPECT_EQ(diff("", "a\n"), "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
}

} // namespace
