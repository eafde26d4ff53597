#include "fixes/ApplyFixes.h"
#include "findings/Sources.h"
#include "support/AtomicWrite.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include "support/FilePaths.h"
#include "clang/Format/Format.h"

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;
using clang::tooling::Replacement;
using clang::tooling::Replacements;

namespace torchtidy {
namespace {

using Fix = StringMap<Replacements>;

// The fix of the warning itself; with UnsafeFixes also that of a note, if only one note has any.
const Fix *chooseFix(const ClangTidyError &E, bool UnsafeFixes) {
  if (!E.Message.Fix.empty())
    return &E.Message.Fix;
  const Fix *Found = nullptr;
  for (const DiagnosticMessage &Note : E.Notes) {
    if (!UnsafeFixes || Note.Fix.empty())
      continue;
    if (Found)
      return nullptr;
    Found = &Note.Fix;
  }
  return Found;
}

// clang-tidy's consumer takes the fixes away from findings of one unit that overlap each other.
bool lostItsFix(const ClangTidyError &E) {
  return any_of(E.Notes, [](const DiagnosticMessage &Note) {
    return StringRef(Note.Message).contains("overlaps with another fix");
  });
}

class FixPlanner {
public:
  explicit FixPlanner(const FixOptions &Options) : Options(Options) {}

  void add(const ClangTidyError &E) {
    const Fix *F = chooseFix(E, Options.UnsafeFixes);
    if (!F || F->empty())
      return lostItsFix(E) ? skip(E, "it overlaps another fix", /*Conflict=*/true) : void();
    std::map<File *, Replacements> Trial;
    for (const auto &Entry : *F)
      for (const Replacement &R : Entry.second) {
        File &Target = load(absoluteIn(E.BuildDirectory, R.getFilePath()));
        if (!Target.Problem.empty())
          return skip(E, Target.Problem, /*Conflict=*/false);
        if (!Target.HeldBackBy.empty()) {
          ++Plan.HeldBack[Target.HeldBackBy];
          return;
        }
        if (std::string Why = unusable(Target, R); !Why.empty())
          return skip(E, Why, /*Conflict=*/false);
        Replacement Local(Target.Path, R.getOffset(), R.getLength(),
                          withLineEndingsOf(Target.Text, R.getReplacementText()));
        Replacements &Edits = Trial.try_emplace(&Target, Target.Edits).first->second;
        if (isRepeated(Edits, Local))
          continue;
        if (Error Overlap = Edits.add(Local)) {
          consumeError(std::move(Overlap));
          return skip(E, "it overlaps another fix", /*Conflict=*/true);
        }
      }
    for (auto &[Target, Edits] : Trial)
      Target->Edits = std::move(Edits);
    ++Plan.Applied;
  }

  FixPlan finish() {
    for (auto &[Path, Target] : Files) {
      if (Target.Edits.empty())
        continue;
      std::string Style = Options.FormatStyleOf ? Options.FormatStyleOf(Path) : "none";
      if (auto After = apply(Target, Style))
        Plan.Patches.push_back({Path, Target.Text, std::move(*After)});
      else
        Plan.Skipped.push_back("'" + Path + "': " + toString(After.takeError()));
    }
    return std::move(Plan);
  }

private:
  struct File {
    std::string Path, Text, Problem, HeldBackBy;
    Replacements Edits;
  };

  // One file however its name was spelt.
  File &load(const std::string &Path) {
    std::string Real = realPath(Path);
    auto [It, New] = Files.try_emplace(Real);
    if (!New)
      return It->second;
    File &F = It->second;
    F.Path = It->first;
    if (Options.HeldBackBy)
      F.HeldBackBy = Options.HeldBackBy(Real);
    auto Buffer = MemoryBuffer::getFile(Real);
    if (!Buffer) {
      F.Problem = "'" + F.Path + "' cannot be read: " + Buffer.getError().message();
      return F;
    }
    F.Text = (*Buffer)->getBuffer().str();
    std::string Digest = Options.DigestOf ? Options.DigestOf(Real) : "";
    if (!Digest.empty() && Digest != hexDigest(F.Text))
      F.Problem = "'" + F.Path + "' was changed while it was checked. Next: run torch-tidy again";
    return F;
  }

  static std::string unusable(const File &Target, const Replacement &R) {
    if (R.getOffset() + R.getLength() > Target.Text.size())
      return "it lies outside '" + Target.Path + "'";
    // Results travel as JSON, where other bytes cannot be kept.
    if (R.getReplacementText().contains("\xEF\xBF\xBD"))
      return "it would copy text that is not UTF-8. Next: fix this line by hand";
    return "";
  }

  // The same include wanted by two findings, or the same text replaced the same way.
  static bool isRepeated(const Replacements &Edits, const Replacement &R) {
    bool Same = any_of(Edits, [&](const Replacement &Other) { return Other == R; });
    return Same && (R.getLength() > 0 || R.getReplacementText().starts_with("#include"));
  }

  static Expected<std::string> apply(const File &Target, const std::string &StyleName) {
    auto Style = clang::format::getStyle(StyleName, Target.Path, "none");
    if (!Style)
      return Style.takeError();
    auto Clean = clang::format::cleanupAroundReplacements(Target.Text, Target.Edits, *Style);
    if (!Clean)
      return Clean.takeError();
    if (StyleName != "none") {
      Clean = clang::format::formatReplacements(Target.Text, *Clean, *Style);
      if (!Clean)
        return Clean.takeError();
    }
    return clang::tooling::applyAllReplacements(Target.Text, *Clean);
  }

  void skip(const ClangTidyError &E, const Twine &Why, bool Conflict) {
    Position Where =
        Sources.get(E.Message.FilePath, E.BuildDirectory).position(E.Message.FileOffset);
    Plan.Skipped.push_back((E.Message.FilePath + ":" + Twine(Where.Line) + ":" +
                            Twine(Where.Column) + ": the fix of " + E.DiagnosticName +
                            " was not applied: " + Why)
                               .str());
    Plan.Conflicts += Conflict;
  }

  const FixOptions &Options;
  std::map<std::string, File> Files;
  SourceFiles Sources{{}};
  FixPlan Plan;
};

void makeAbsolute(DiagnosticMessage &M, StringRef Directory, bool KeepFix) {
  if (!M.FilePath.empty())
    M.FilePath = absoluteIn(Directory, M.FilePath);
  Fix Absolute;
  for (const auto &Entry : M.Fix)
    for (const Replacement &R : Entry.second) {
      std::string Path = absoluteIn(Directory, R.getFilePath());
      consumeError(Absolute[Path].add(
          Replacement(Path, R.getOffset(), R.getLength(), R.getReplacementText())));
    }
  M.Fix = KeepFix ? std::move(Absolute) : Fix();
  for (auto &Range : M.Ranges)
    Range.FilePath = absoluteIn(Directory, Range.FilePath);
}

} // namespace

bool hasFix(const ClangTidyError &E, bool UnsafeFixes) {
  const Fix *F = chooseFix(E, UnsafeFixes);
  return F && !F->empty();
}

std::set<std::string> filesOfFix(const ClangTidyError &E, bool UnsafeFixes) {
  std::set<std::string> Files;
  if (const Fix *F = chooseFix(E, UnsafeFixes))
    for (const auto &Entry : *F)
      for (const Replacement &R : Entry.second)
        Files.insert(realPath(absoluteIn(E.BuildDirectory, R.getFilePath())));
  return Files;
}

FixPlan planFixes(ArrayRef<ClangTidyError> Diagnostics, const FixOptions &Options) {
  FixPlanner Planner(Options);
  for (const ClangTidyError &E : Diagnostics)
    Planner.add(E);
  return Planner.finish();
}

Error exportFixes(ArrayRef<ClangTidyError> Diagnostics, bool UnsafeFixes, StringRef Path) {
  std::vector<ClangTidyError> Absolute(Diagnostics.begin(), Diagnostics.end());
  for (ClangTidyError &E : Absolute) {
    makeAbsolute(E.Message, E.BuildDirectory, /*KeepFix=*/true);
    for (DiagnosticMessage &Note : E.Notes)
      makeAbsolute(Note, E.BuildDirectory, UnsafeFixes);
  }
  std::string Text;
  raw_string_ostream OS(Text);
  clang::tidy::exportReplacements("", Absolute, OS);
  return writeAtomically(Path, OS.str());
}

} // namespace torchtidy
