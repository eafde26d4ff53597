#include "findings/Findings.h"
#include "findings/Fingerprint.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include <numeric>
#include <tuple>

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;
using clang::tooling::FileByteRange;
using clang::tooling::Replacement;

namespace torchtidy {
namespace {

// False if the file does not have it: it changed or went away since it was checked.
bool makeRegion(const SourceFile &File, unsigned Offset, unsigned Length, Region &Result) {
  if (!File.isReadable() || Offset + size_t(Length) > File.text().size())
    return false;
  Result = {&File, Offset, Length, File.position(Offset), File.position(Offset + Length)};
  return true;
}

// The name, or the one character, that stands at Offset.
unsigned tokenLength(StringRef Text, unsigned Offset) {
  StringRef Rest = Text.drop_front(Offset);
  size_t Name = Rest.find_if_not([](char C) { return isAlnum(C) || C == '_'; });
  if (Name == StringRef::npos)
    Name = Rest.size();
  if (Name)
    return unsigned(Name);
  return Rest.empty() || Rest[0] == '\n' || Rest[0] == '\r' ? 0 : 1;
}

class Resolver {
public:
  Resolver(SourceFiles &Sources, StringRef Directory) : Sources(Sources), Directory(Directory) {}

  Remark resolve(const DiagnosticMessage &M) {
    Remark Result;
    Result.Message = json::fixUTF8(M.Message);
    if (M.FilePath.empty())
      return Result;
    const SourceFile &File = Sources.get(M.FilePath, Directory);
    unsigned Length = 0;
    for (const FileByteRange &R : M.Ranges) {
      Region Underlined;
      if (&Sources.get(R.FilePath, Directory) != &File ||
          !makeRegion(File, R.FileOffset, R.Length, Underlined))
        continue;
      Result.Underlined.push_back(Underlined);
      if (R.FileOffset <= M.FileOffset && M.FileOffset < R.FileOffset + R.Length)
        Length = std::max(Length, R.FileOffset + R.Length - M.FileOffset);
    }
    if (!Length && M.FileOffset < File.text().size())
      Length = tokenLength(File.text(), M.FileOffset);
    Region Where;
    if (makeRegion(File, M.FileOffset, Length, Where))
      Result.Where = Where;
    Result.Fix = fixOf(M);
    return Result;
  }

private:
  // A fix is whole or it is none.
  std::optional<ProposedFix> fixOf(const DiagnosticMessage &M) {
    ProposedFix Fix;
    Fix.Description = json::fixUTF8(M.Message);
    for (const auto &File : M.Fix)
      for (const Replacement &R : File.second) {
        Edit E;
        if (!makeRegion(Sources.get(R.getFilePath(), Directory), R.getOffset(), R.getLength(),
                        E.Where))
          return std::nullopt;
        E.Text = json::fixUTF8(R.getReplacementText());
        Fix.Edits.push_back(std::move(E));
      }
    if (Fix.Edits.empty())
      return std::nullopt;
    llvm::stable_sort(Fix.Edits, [](const Edit &A, const Edit &B) {
      return std::tie(A.Where.File->RealPath, A.Where.Offset) <
             std::tie(B.Where.File->RealPath, B.Where.Offset);
    });
    return Fix;
  }

  SourceFiles &Sources;
  StringRef Directory;
};

void append(FindingList &List, ArrayRef<ClangTidyError> Diagnostics,
            ArrayRef<std::string> Fingerprints, bool AreErrors, SourceFiles &Sources) {
  for (auto [E, Fingerprint] : zip(Diagnostics, Fingerprints)) {
    Resolver Resolve(Sources, E.BuildDirectory);
    Finding F;
    F.Rule = E.DiagnosticName;
    F.Info = findRule(E.DiagnosticName);
    F.Level = severityOf(E);
    F.IsWarningAsError = E.IsWarningAsError;
    F.IsCompileError = AreErrors;
    F.Fingerprint = Fingerprint;
    F.Aliases = E.EnabledDiagnosticAliases;
    if (!E.Message.FilePath.empty())
      F.Path = json::fixUTF8(Sources.get(E.Message.FilePath, E.BuildDirectory).Name);
    F.Main = Resolve.resolve(E.Message);
    for (const DiagnosticMessage &Note : E.Notes) {
      F.Notes.push_back(Resolve.resolve(Note));
      if (F.Notes.back().Fix)
        F.Notes.back().Fix->Safety = F.Info && F.Info->Fix == FixSafety::ChangesArchives
                                         ? FixSafety::ChangesArchives
                                         : FixSafety::Unsafe;
    }
    List.All.push_back(std::move(F));
  }
}

Finding failureFinding(const UnitFailure &Failure, SourceFiles &Sources) {
  Finding F;
  F.Rule = "torch-tidy-not-checked";
  F.Level = Severity::Error;
  F.IsFailure = true;
  if (!Failure.File.empty()) {
    F.Path = json::fixUTF8(Sources.get(Failure.File, "").Name);
    F.Main.Message = NotChecked;
  }
  F.Main.Message += json::fixUTF8(Failure.Reason);
  F.Fingerprint = hexDigest(F.Path + "\n" + F.Main.Message).substr(0, 32);
  return F;
}

} // namespace

std::vector<const ProposedFix *> Finding::fixes() const {
  std::vector<const ProposedFix *> Result;
  if (Main.Fix)
    Result.push_back(&*Main.Fix);
  for (const Remark &Note : Notes)
    if (Note.Fix)
      Result.push_back(&*Note.Fix);
  return Result;
}

unsigned FindingList::count(Severity S) const {
  return unsigned(llvm::count_if(All, [&](const Finding &F) { return F.Level == S; }));
}

std::vector<size_t> FindingList::worstFirst() const {
  std::vector<size_t> Order(All.size());
  std::iota(Order.begin(), Order.end(), size_t(0));
  auto Rank = [&](size_t I) {
    bool IsBug = All[I].Info && All[I].Info->Group == RuleGroup::Bug;
    return std::pair(All[I].Level, IsBug);
  };
  llvm::stable_sort(Order, [&](size_t A, size_t B) { return Rank(A) > Rank(B); });
  return Order;
}

FindingList resolveFindings(const RunReport &Report, SourceFiles &Sources) {
  FindingList List;
  List.FilesChecked = Report.FilesChecked;
  List.FilesUnfinished = Report.FilesUnfinished;
  List.IsComplete = Report.isComplete();
  List.Part = Report.Part;
  for (const UnitFailure &Failure : Report.Failures)
    List.All.push_back(failureFinding(Failure, Sources));
  append(List, Report.Errors, fingerprints(Report.Errors, Sources), /*AreErrors=*/true, Sources);
  append(List, Report.Diagnostics, Report.Fingerprints, /*AreErrors=*/false, Sources);
  return List;
}

std::string labelOf(const ProposedFix &Fix) {
  switch (Fix.Safety) {
  case FixSafety::Unsafe:
    return "fix that can change what the program does";
  case FixSafety::ChangesArchives:
    return "fix that adds keys to archives";
  default:
    return "fix";
  }
}

static std::vector<std::string> linesOf(StringRef Text) {
  SmallVector<StringRef> Lines;
  Text.split(Lines, '\n');
  std::vector<std::string> Result;
  for (StringRef Line : Lines)
    Result.push_back(json::fixUTF8(Line.rtrim('\r')));
  return Result;
}

std::vector<Hunk> hunksOf(const ProposedFix &Fix) {
  std::vector<Hunk> Result;
  for (size_t I = 0; I < Fix.Edits.size();) {
    const SourceFile &File = *Fix.Edits[I].Where.File;
    Position First = Fix.Edits[I].Where.Start;
    unsigned Begin = Fix.Edits[I].Where.Offset - (First.Column - 1);
    unsigned LastLine = First.Line, End = Begin;
    std::string After;
    // Edits that share a line make one hunk.
    for (; I < Fix.Edits.size() && Fix.Edits[I].Where.File == &File &&
           Fix.Edits[I].Where.Start.Line <= LastLine;
         ++I) {
      const Edit &E = Fix.Edits[I];
      After += File.text().slice(End, E.Where.Offset);
      After += E.Text;
      End = E.Where.Offset + E.Where.Length;
      LastLine = E.Where.End.Line;
    }
    StringRef Rest = File.text().drop_front(End);
    Rest = Rest.take_front(Rest.find('\n'));
    After += Rest;
    Result.push_back({&File, First.Line,
                      linesOf(File.text().slice(Begin, End + unsigned(Rest.size()))),
                      linesOf(After)});
  }
  return Result;
}

StringRef homepage() { return TORCHTIDY_HOMEPAGE; }

std::string ruleUrl(StringRef Rule) {
  if (const RuleInfo *Info = findRule(Rule))
    return (homepage() + "/blob/main/docs/rules/" + Info->Slug + ".md").str();
  if (Rule.starts_with("torch-"))
    return homepage().str();
  if (Rule.consume_front("clang-diagnostic-"))
    return Rule == "error"
               ? "https://clang.llvm.org/diagnostics.html"
               : ("https://clang.llvm.org/docs/DiagnosticsReference.html#w" + Rule).str();
  auto [Module, Name] = Rule.split('-');
  if (Module == "clang") // clang-analyzer-core.NullDereference
    std::tie(Module, Name) = std::pair(StringRef("clang-analyzer"), Name.split('-').second);
  return ("https://clang.llvm.org/extra/clang-tidy/checks/" + Module + "/" + Name + ".html").str();
}

} // namespace torchtidy
