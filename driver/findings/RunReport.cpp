#include "findings/RunReport.h"
#include "findings/Sources.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include <set>
#include <tuple>

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;
using clang::tooling::FileByteRange;
using clang::tooling::Replacement;

namespace torchtidy {
namespace {

// A finding and the file that it lies in; null if it lies in none.
struct Placed {
  const SourceFile *File;
  std::string Description; // of all that identity() leaves out
  ClangTidyError Error;

  // What makes findings one.
  auto identity() const {
    return std::tuple(File ? StringRef(File->Name) : "", File ? StringRef(File->RealPath) : "",
                      Error.Message.FileOffset, StringRef(Error.DiagnosticName),
                      StringRef(Error.Message.Message));
  }
};

// Spells out a finding, as far as a report says it. Units may see a header's finding with other
// notes, ranges or levels: which of them is kept must not depend on the order of the units. The
// worst comes first.
class Describer {
public:
  Describer(SourceFiles &Sources, const ClangTidyError &E) : Sources(Sources), E(E), OS(Text) {}

  std::string describe() {
    OS << !E.IsWarningAsError << char('9' - E.DiagLevel);
    for (const std::string &Alias : E.EnabledDiagnosticAliases)
      OS << Alias << '\0';
    message(E.Message);
    for (const DiagnosticMessage &Note : E.Notes)
      message(Note);
    // What no report says, but clang-tidy's text.
    OS << E.Message.FilePath << '\0' << E.BuildDirectory;
    return OS.str();
  }

private:
  const SourceFile *file(StringRef Path) {
    return Path.empty() ? nullptr : &Sources.get(Path, E.BuildDirectory);
  }
  StringRef name(StringRef Path) {
    const SourceFile *File = file(Path);
    return File ? StringRef(File->Name) : "";
  }

  void message(const DiagnosticMessage &M) {
    OS << M.Message << '\0' << name(M.FilePath) << '\0' << M.FileOffset << '\0';
    for (const FileByteRange &R : M.Ranges)
      if (file(R.FilePath) == file(M.FilePath))
        OS << R.FileOffset << '+' << R.Length << '\0';
    // The order of a hash table is not that of the files.
    std::vector<std::tuple<StringRef, unsigned, unsigned, StringRef>> Edits;
    for (const auto &File : M.Fix)
      for (const Replacement &R : File.second)
        Edits.emplace_back(name(R.getFilePath()), R.getOffset(), R.getLength(),
                           R.getReplacementText());
    llvm::sort(Edits);
    for (const auto &[Name, Offset, Length, NewText] : Edits)
      OS << Name << '\0' << Offset << '+' << Length << NewText << '\0';
  }

  SourceFiles &Sources;
  const ClangTidyError &E;
  std::string Text;
  raw_string_ostream OS;
};

// A file with several paths is called as it is first met: meets all files in one order.
void meetFiles(ArrayRef<ClangTidyError> Diagnostics, SourceFiles &Sources) {
  std::set<std::string> Paths;
  for (const ClangTidyError &E : Diagnostics) {
    auto Add = [&](StringRef Path) {
      if (!Path.empty())
        Paths.insert(absoluteIn(E.BuildDirectory, Path));
    };
    auto AddAll = [&](const DiagnosticMessage &M) {
      Add(M.FilePath);
      for (const auto &File : M.Fix)
        Add(File.first());
    };
    AddAll(E.Message);
    for_each(E.Notes, AddAll);
  }
  for (const std::string &Path : Paths)
    Sources.get(Path, "");
}

} // namespace

bool RunReport::has(Severity AtLeast) const {
  return any_of(Diagnostics, [&](const ClangTidyError &E) { return severityOf(E) >= AtLeast; });
}

RunReport gatherReport(ArrayRef<Unit> Units, std::vector<UnitResult> &Results) {
  RunReport Report;
  Report.FilesChecked = Results.size();
  for (auto &&[Index, U, Result] : enumerate(Units, Results)) {
    Report.FilesUnfinished += !Result.Failure.empty() || Result.ParseFailed;
    if (!Result.Failure.empty()) {
      Report.Failures.push_back({U.File, Result.Failure});
      continue;
    }
    if (Result.ParseFailed)
      Report.NotCompiling.push_back(Index);
    Report.FilesNotShared += !Result.Plan.PlainReason.empty();
    for (ClangTidyError &E : Result.Diagnostics) {
      // clang-tidy raised it as its options say: it knows no infos.
      E.IsWarningAsError &= severityOf(E) != Severity::Info;
      (E.DiagnosticName == "clang-diagnostic-error" ? Report.Errors : Report.Diagnostics)
          .push_back(std::move(E));
    }
  }
  return Report;
}

void sortAndDeduplicate(std::vector<ClangTidyError> &Diagnostics, SourceFiles &Sources) {
  meetFiles(Diagnostics, Sources);
  std::vector<Placed> All;
  for (ClangTidyError &E : Diagnostics) {
    StringRef Path = E.Message.FilePath;
    const SourceFile *File = Path.empty() ? nullptr : &Sources.get(Path, E.BuildDirectory);
    std::string Description = Describer(Sources, E).describe();
    All.push_back({File, std::move(Description), std::move(E)});
  }
  llvm::sort(All, [](const Placed &A, const Placed &B) {
    return std::tuple_cat(A.identity(), std::tie(A.Description)) <
           std::tuple_cat(B.identity(), std::tie(B.Description));
  });
  auto Same = [](const Placed &A, const Placed &B) { return A.identity() == B.identity(); };
  All.erase(std::unique(All.begin(), All.end(), Same), All.end());
  Diagnostics.clear();
  for (Placed &P : All)
    Diagnostics.push_back(std::move(P.Error));
}

} // namespace torchtidy
