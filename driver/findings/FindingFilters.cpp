#include "findings/FindingFilters.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Messages.h"

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;

namespace torchtidy {

Expected<FindingFilters> FindingFilters::make(const FilterOptions &Opts,
                                              ArrayRef<std::string> Roots) {
  FindingFilters Result;
  for (const std::string &Pattern : Opts.Exclude) {
    std::string Why;
    if (!Result.Exclude.emplace_back(Pattern).isValid(Why))
      return failure("--exclude: '" + Pattern + "' is no regular expression: " + Why);
  }
  if (!Opts.NewFromRev.empty()) {
    auto Changed = ChangedLines::since(Opts.NewFromRev, Roots);
    if (!Changed)
      return Changed.takeError();
    Result.Changed = std::move(*Changed);
  }
  if (!Opts.Baseline.empty()) {
    auto Known = Baseline::load(Opts.Baseline);
    if (!Known)
      return Known.takeError();
    Result.Known = std::move(*Known);
  }
  return std::move(Result);
}

bool FindingFilters::isExcluded(StringRef Path) const {
  return any_of(Exclude, [&](const Regex &Pattern) { return Pattern.match(Path); });
}

bool FindingFilters::mayReport(const Unit &U, Runner &Scanner) const {
  if (!Changed || Changed->touches(realPath(U.File)))
    return true;
  std::vector<std::string> Files = Scanner.projectFiles(U);
  // A unit that cannot be scanned is for the run itself to complain about.
  return Files.empty() ||
         any_of(Files, [&](const std::string &Path) { return Changed->touches(realPath(Path)); });
}

// A finding counts as new also when a fact that it relies on is: the line of a note.
bool FindingFilters::isOnChangedLine(const ClangTidyError &E, SourceFiles &Sources) const {
  auto isChanged = [&](const DiagnosticMessage &M) {
    if (M.FilePath.empty())
      return false;
    const SourceFile &File = Sources.get(M.FilePath, E.BuildDirectory);
    return Changed->contains(File.RealPath, File.position(M.FileOffset).Line);
  };
  return E.Message.FilePath.empty() || isChanged(E.Message) || any_of(E.Notes, isChanged);
}

void FindingFilters::apply(RunReport &Report, SourceFiles &Sources) {
  KnownFindings = 0;
  if (Known)
    Known->begin();
  size_t Kept = 0;
  for (size_t I = 0; I < Report.Diagnostics.size(); ++I) {
    ClangTidyError &E = Report.Diagnostics[I];
    bool IsKnown = Known && Known->meet(Report.Fingerprints[I]);
    KnownFindings += IsKnown;
    if (IsKnown || isExcluded(absoluteIn(E.BuildDirectory, E.Message.FilePath)) ||
        (Changed && !isOnChangedLine(E, Sources)))
      continue;
    if (Kept != I) {
      Report.Diagnostics[Kept] = std::move(E);
      Report.Fingerprints[Kept] = std::move(Report.Fingerprints[I]);
    }
    ++Kept;
  }
  Report.Diagnostics.erase(Report.Diagnostics.begin() + static_cast<ptrdiff_t>(Kept),
                           Report.Diagnostics.end());
  Report.Fingerprints.resize(Kept);
}

} // namespace torchtidy
