#include "findings/FindingFilters.h"
#include "TemporaryDirectory.h"
#include <gtest/gtest.h>

using namespace torchtidy;
using clang::tidy::ClangTidyError;

namespace {

ClangTidyError diagnostic(const std::string &File, unsigned Offset) {
  ClangTidyError E("torch-rule", ClangTidyError::Warning, "/", false);
  E.Message.Message = "said";
  E.Message.FilePath = File;
  E.Message.FileOffset = Offset;
  return E;
}

FindingFilters filters(const FilterOptions &Options) {
  return llvm::cantFail(FindingFilters::make(Options, {}));
}

TEST(FindingFilters, LeaveExcludedFilesOut) {
  RunReport Report;
  Report.Diagnostics = {diagnostic("/net/third_party/a.h", 0), diagnostic("/net/src/a.h", 0),
                        diagnostic("net/third_party/b.h", 0)};
  Report.Fingerprints = {"1", "2", "3"};
  SourceFiles Sources({});
  filters({{"/third_party/"}, "", ""}).apply(Report, Sources);
  ASSERT_EQ(Report.Diagnostics.size(), 1u);
  EXPECT_EQ(Report.Diagnostics[0].Message.FilePath, "/net/src/a.h");
  EXPECT_EQ(Report.Fingerprints, std::vector<std::string>{"2"});
}

TEST(FindingFilters, LeaveOutWhatABaselineLists) {
  TemporaryDirectory Dir;
  std::string File = Dir.write("a.cpp", "known\nnew\n"), List = Dir.path("baseline.json");
  std::vector<ClangTidyError> All = {diagnostic(File, 0), diagnostic(File, 6)};
  SourceFiles Sources({Dir.path()});
  std::string Known = "known";
  ASSERT_FALSE(llvm::errorToBool(
      Baseline::fromDiagnostics(llvm::ArrayRef(All).take_front(), Known, Sources).save(List)));
  RunReport Report;
  Report.Diagnostics = All;
  Report.Fingerprints = {"known", "new"};
  FindingFilters Filters = filters({{}, "", List});
  Filters.apply(Report, Sources);
  EXPECT_EQ(Report.Fingerprints, std::vector<std::string>{"new"});
  EXPECT_EQ(Filters.knownFindings(), 1u);
}

TEST(FindingFilters, NameAPatternThatIsWrong) {
  auto Made = FindingFilters::make({{"("}, "", ""}, {});
  ASSERT_FALSE(bool(Made));
  EXPECT_NE(llvm::toString(Made.takeError()).find("'(' is no regular expression"),
            std::string::npos);
}

} // namespace
