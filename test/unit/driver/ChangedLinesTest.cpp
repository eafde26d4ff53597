#include "findings/ChangedLines.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(ChangedLines, AreThoseThatADiffAdds) {
  ChangedLines Lines;
  Lines.addDiff("diff --git a/src/a.cpp b/src/a.cpp\n"
                "--- a/src/a.cpp\n"
                "+++ b/src/a.cpp\n"
                "@@ -3 +3,2 @@ void f()\n"
                "-old\n"
                "+new\n"
                "+newer\n"
                "@@ -10,2 +11,0 @@\n"
                "-gone\n"
                "-gone too\n",
                "/net");
  EXPECT_TRUE(Lines.touches("/net/src/a.cpp"));
  EXPECT_FALSE(Lines.touches("/src/a.cpp"));
  EXPECT_FALSE(Lines.contains("/net/src/a.cpp", 2));
  EXPECT_TRUE(Lines.contains("/net/src/a.cpp", 3));
  EXPECT_TRUE(Lines.contains("/net/src/a.cpp", 4));
  EXPECT_FALSE(Lines.contains("/net/src/a.cpp", 5));
  EXPECT_FALSE(Lines.contains("/net/other.cpp", 3));
}

TEST(ChangedLines, TakesAddedTextForTextThatLooksLikeAHeader) {
  ChangedLines Lines;
  Lines.addDiff("--- a/a.cpp\n+++ b/a.cpp\n@@ -0,0 +1,2 @@\n+++ b/b.cpp\n++ @@ -1 +9 @@\n", "/net");
  EXPECT_TRUE(Lines.contains("/net/a.cpp", 1));
  EXPECT_FALSE(Lines.touches("/net/b.cpp"));
}

TEST(ChangedLines, ReadsQuotedNames) {
  ChangedLines Lines;
  Lines.addDiff("--- /dev/null\n+++ \"b/gr\\303\\274n \\\"x\\\".cpp\"\n@@ -0,0 +1 @@\n+x\n",
                "/net");
  EXPECT_TRUE(Lines.contains("/net/gr\xC3\xBCn \"x\".cpp", 1));
}

} // namespace
