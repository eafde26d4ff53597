#include "fixes/Nolint.h"
#include "RuleTable.h"
#include "findings/Sources.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "llvm/Support/GlobPattern.h"
#include <map>
#include <set>

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::Replacement;

namespace torchtidy {
namespace {

// NOLINT(a, b), NOLINTNEXTLINE(a), NOLINTBEGIN(a) … NOLINTEND(a)
struct Directive {
  StringRef Keyword;
  size_t Start = 0, End = 0; // offsets of the keyword and after the closing parenthesis
  std::vector<StringRef> Names;
  unsigned Line = 0, FirstLine = 0, LastLine = 0; // where it stands, what it covers
};

std::vector<Directive> findDirectives(StringRef Text) {
  std::vector<Directive> Result;
  unsigned Line = 1;
  size_t Counted = 0;
  for (size_t At = Text.find("NOLINT"); At != StringRef::npos; At = Text.find("NOLINT", At + 6)) {
    Line += Text.slice(Counted, At).count('\n');
    Counted = At;
    if (At > 0 && (isAlnum(Text[At - 1]) || Text[At - 1] == '_'))
      continue;
    StringRef Rest = Text.drop_front(At);
    Directive D;
    D.Keyword = Rest.take_while([](char C) { return isAlpha(C); });
    D.Start = At;
    D.Line = D.FirstLine = D.LastLine = Line;
    Rest = Rest.drop_front(D.Keyword.size());
    size_t Close = Rest.find(')');
    if (!Rest.starts_with("(") || Rest.take_front(Close).contains('\n'))
      continue;
    D.End = At + D.Keyword.size() + Close + 1;
    SmallVector<StringRef> Names;
    Rest.slice(1, Close).split(Names, ',');
    for (StringRef Name : Names)
      D.Names.push_back(Name.trim());
    if (D.Keyword == "NOLINTNEXTLINE")
      D.FirstLine = D.LastLine = Line + 1;
    if (D.Keyword == "NOLINTBEGIN")
      D.LastLine = ~0u;
    if (D.Keyword == "NOLINTEND")
      for (Directive &Begin : llvm::reverse(Result))
        if (Begin.Keyword == "NOLINTBEGIN" && Begin.LastLine == ~0u && Begin.Names == D.Names) {
          Begin.LastLine = Line;
          break;
        }
    Result.push_back(std::move(D));
  }
  return Result;
}

class UnusedFinder {
public:
  UnusedFinder(ArrayRef<UnitResult> Results, const StringSet<> &Enabled) : Enabled(Enabled) {
    for (const UnitResult &R : Results)
      for (const SuppressedDiagnostic &S : R.Suppressed)
        Used[realPath(S.Path)].insert({S.Line, S.Rule});
  }

  void look(const std::string &Path) {
    auto Buffer = MemoryBuffer::getFile(Path);
    if (!Buffer)
      return;
    Text = (*Buffer)->getBuffer();
    File = Path;
    for (const Directive &D : findDirectives(Text))
      if (D.Keyword != "NOLINTEND")
        look(D);
  }

  std::vector<ClangTidyError> Found;

private:
  void look(const Directive &D) {
    std::vector<StringRef> Unused;
    copy_if(D.Names, std::back_inserter(Unused), [&](StringRef Name) { return isUnused(D, Name); });
    for (StringRef Name : Unused) {
      ClangTidyError E(UnusedNolintRule.str(), ClangTidyError::Warning, "", false);
      E.Message.Message = ("'" + D.Keyword + "(" + Name + ")' suppresses no finding").str();
      E.Message.FilePath = File;
      E.Message.FileOffset = unsigned(Name.data() - Text.data());
      if (Unused.size() == D.Names.size() && Name == Unused.front())
        addRemoval(D, E);
      Found.push_back(std::move(E));
    }
  }

  bool isUnused(const Directive &D, StringRef Name) const {
    if (!Name.starts_with("torch-"))
      return false;
    auto Glob = GlobPattern::create(Name);
    if (!Glob) {
      consumeError(Glob.takeError());
      return false;
    }
    bool Exists = any_of(allRules(), [&](const RuleInfo &R) { return Glob->match(R.Name); });
    bool AllEnabled = all_of(allRules(), [&](const RuleInfo &R) {
      return !Glob->match(R.Name) || Enabled.contains(R.Name);
    });
    if (Exists && !AllEnabled)
      return false;
    auto It = Used.find(realPath(File));
    return It == Used.end() || none_of(It->second, [&](const auto &LineAndRule) {
             return LineAndRule.first >= D.FirstLine && LineAndRule.first <= D.LastLine &&
                    Glob->match(LineAndRule.second);
           });
  }

  // Takes the whole comment away, if it says nothing else and runs to the end of its line.
  void addRemoval(const Directive &D, ClangTidyError &E) {
    size_t LineStart = Text.take_front(D.Start).rfind('\n');
    LineStart = LineStart == StringRef::npos ? 0 : LineStart + 1;
    size_t LineEnd = std::min(Text.find('\n', D.End), Text.size());
    StringRef Before = Text.slice(LineStart, D.Start).rtrim();
    bool EndsLine = Text.slice(D.End, LineEnd).trim().empty();
    if (!EndsLine || !Before.consume_back("//") || D.Keyword == "NOLINTBEGIN")
      return;
    Before = Before.rtrim();
    size_t From = LineStart + Before.size();
    size_t To = D.End;
    if (Before.empty() && LineEnd < Text.size()) { // nothing else on the line
      From = LineStart;
      To = LineEnd + 1;
    }
    consumeError(
        E.Message.Fix[File].add(Replacement(File, unsigned(From), unsigned(To - From), "")));
  }

  const StringSet<> &Enabled;
  std::map<std::string, std::set<std::pair<unsigned, std::string>>> Used;
  StringRef Text;
  std::string File;
};

// Line with a comment that suppresses Rules; empty if it cannot have one.
std::string withNolint(StringRef Line, const std::set<std::string> &Rules) {
  // In a macro's body a comment would swallow the backslash.
  if (Line.rtrim().ends_with("\\"))
    return "";
  std::string List = join(Rules, ", ");
  for (const Directive &D : findDirectives(Line))
    if (D.Keyword == "NOLINT")
      return (Line.take_front(D.End - 1) + ", " + List + Line.drop_front(D.End - 1)).str();
  return (Line.rtrim() + " // NOLINT(" + List + ")").str();
}

} // namespace

std::vector<ClangTidyError> unusedNolints(ArrayRef<std::string> Files, ArrayRef<UnitResult> Results,
                                          const StringSet<> &Enabled) {
  UnusedFinder Finder(Results, Enabled);
  for (const std::string &File : Files)
    Finder.look(File);
  return std::move(Finder.Found);
}

FixPlan planNolints(ArrayRef<ClangTidyError> Diagnostics) {
  FixPlan Plan;
  SourceFiles Sources({});
  std::map<std::string, std::map<unsigned, std::set<std::string>>> Wanted; // file, line, rules
  for (const ClangTidyError &E : Diagnostics) {
    if (E.Message.FilePath.empty() || E.DiagnosticName == UnusedNolintRule)
      continue;
    const SourceFile &File = Sources.get(E.Message.FilePath, E.BuildDirectory);
    if (unsigned Line = File.position(E.Message.FileOffset).Line)
      Wanted[File.RealPath][Line].insert(E.DiagnosticName);
  }
  for (const auto &[Path, Lines] : Wanted) {
    auto Buffer = MemoryBuffer::getFile(Path);
    if (!Buffer)
      continue;
    StringRef Rest = (*Buffer)->getBuffer();
    FilePatch Patch{Path, Rest.str(), ""};
    for (unsigned Number = 1; !Rest.empty(); ++Number) {
      StringRef Line = Rest.take_until([](char C) { return C == '\n'; });
      Rest = Rest.drop_front(Line.size());
      auto It = Lines.find(Number);
      std::string Marked =
          It == Lines.end() ? Line.str() : withNolint(Line.rtrim("\r"), It->second);
      if (Marked.empty() && It != Lines.end()) {
        Plan.Skipped.push_back(Path + ":" + std::to_string(Number) +
                               ": no comment can stand in a macro's body. Next: put NOLINTBEGIN "
                               "and NOLINTEND around the macro by hand");
        Marked = Line.str();
      } else if (It != Lines.end()) {
        Plan.Applied += unsigned(It->second.size());
        Marked += Line.ends_with("\r") ? "\r" : "";
      }
      Patch.After += Marked;
      if (Rest.consume_front("\n"))
        Patch.After += '\n';
    }
    if (Patch.Before != Patch.After)
      Plan.Patches.push_back(std::move(Patch));
  }
  return Plan;
}

} // namespace torchtidy
