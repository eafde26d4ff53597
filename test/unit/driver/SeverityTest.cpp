#include "findings/Severity.h"
#include <gtest/gtest.h>

using namespace torchtidy;
using clang::tidy::ClangTidyError;

namespace {

Severity severity(const char *Rule, ClangTidyError::Level Level, bool AsError) {
  return severityOf(ClangTidyError(Rule, Level, "", AsError));
}

TEST(Severity, IsThatOfTheRulesGroup) {
  EXPECT_EQ(severity("torch-null-module", ClangTidyError::Warning, false), Severity::Warning);
  EXPECT_EQ(severity("torch-unscoped-hook", ClangTidyError::Warning, false), Severity::Info);
  EXPECT_EQ(severity("torch-advice-single-init", ClangTidyError::Warning, false), Severity::Info);
  EXPECT_EQ(severity("bugprone-branch-clone", ClangTidyError::Warning, false), Severity::Warning);
  EXPECT_EQ(severity("clang-diagnostic-note", ClangTidyError::Remark, false), Severity::Info);
}

TEST(Severity, OnlyWarningsAreMadeErrors) {
  EXPECT_EQ(severity("torch-null-module", ClangTidyError::Warning, true), Severity::Error);
  EXPECT_EQ(severity("torch-unscoped-hook", ClangTidyError::Warning, true), Severity::Info);
  EXPECT_EQ(severity("clang-diagnostic-error", ClangTidyError::Error, false), Severity::Error);
}

TEST(Severity, DivisionIsSaidWhereThereAreInfos) {
  EXPECT_EQ(division({}), "");
  EXPECT_EQ(division({{Severity::Warning, 2}, {Severity::Error, 1}}), "");
  EXPECT_EQ(division({{Severity::Info, 1}}), "1 info");
  EXPECT_EQ(division({{Severity::Info, 3}, {Severity::Warning, 1}, {Severity::Error, 2}}),
            "2 errors, 1 warning, 3 infos");
}

} // namespace
