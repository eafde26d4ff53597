#include "options/ConfigCheck.h"
#include "RuleTable.h"
#include "options/Selection.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

class BrokenFinder {
public:
  void lookAbove(StringRef File) {
    for (StringRef Dir = sys::path::parent_path(File); !Dir.empty();
         Dir = sys::path::parent_path(Dir)) {
      if (!Seen.insert(Dir).second)
        return; // and so are those above it
      if (!goOnAfter(joinPath(Dir, ".clang-tidy")))
        return;
    }
  }

  std::vector<std::string> Problems;

private:
  // Whether the configuration of the directory above counts too.
  bool goOnAfter(const std::string &Path) {
    if (!sys::fs::is_regular_file(Path))
      return true;
    auto Buffer = MemoryBuffer::getFile(Path);
    if (!Buffer) {
      Problems.push_back("cannot read '" + Path + "': " + Buffer.getError().message());
      return false;
    }
    if ((*Buffer)->getBuffer().trim().empty())
      return true;
    std::string First;
    auto Parsed = parseConfigurationWithDiags(
        MemoryBufferRef((*Buffer)->getBuffer(), Path), [&](const SMDiagnostic &D) {
          if (First.empty())
            First = (Path + ":" + Twine(D.getLineNo()) + ":" + Twine(D.getColumnNo() + 1) + ": " +
                     D.getMessage())
                        .str();
        });
    if (!Parsed) {
      Problems.push_back((First.empty() ? "'" + Path + "' is not valid" : First) +
                         ". Next: put it right, or pass --config-file");
      return false;
    }
    return Parsed->InheritParentConfig.value_or(false);
  }

  StringSet<> Seen;
};

class NameChecker {
public:
  void checkGlobs(StringRef Globs, StringRef Source) {
    SmallVector<StringRef> List;
    Globs.split(List, ',', -1, /*KeepEmpty=*/false);
    for (StringRef Glob : List) {
      StringRef Name = Glob.trim();
      Name.consume_front("-");
      if (!Name.starts_with("torch"))
        continue; // of another module of clang-tidy
      auto Pattern = GlobPattern::create(Name);
      bool Known =
          Pattern && any_of(allRules(), [&](const RuleInfo &R) { return Pattern->match(R.Name); });
      if (!Pattern)
        consumeError(Pattern.takeError());
      if (!Known)
        add("there is no rule '" + Name + "' (" + Source + "). Next: did you mean '" +
            nearestRule(Name) + "'?");
    }
  }

  void checkOption(StringRef Key, StringRef Source) {
    StringRef Rule = Key.split('.').first, Option = Key.split('.').second;
    if (!Rule.starts_with("torch-"))
      return;
    const RuleInfo *R = findRule(Rule);
    if (!R)
      return add("there is no rule '" + Rule + "' for the option '" + Key + "' (" + Source +
                 "). Next: did you mean '" + nearestRule(Rule) + "'?");
    if (any_of(R->Options, [&](const RuleOption &O) { return O.Name == Option; }))
      return;
    std::string Names;
    for (const RuleOption &O : R->Options)
      Names += (Names.empty() ? "" : ", ") + O.Name.str();
    add("'" + Rule + "' has no option '" + Option + "' (" + Source +
        "). Next: " + (Names.empty() ? "take it out; the rule has none" : "it has " + Names));
  }

  std::vector<std::string> Problems;

private:
  void add(const Twine &Message) {
    if (std::string Text = Message.str(); Seen.insert(Text).second)
      Problems.push_back(std::move(Text));
  }
  StringSet<> Seen;
};

} // namespace

std::vector<std::string> brokenConfigurations(ArrayRef<std::string> Files) {
  BrokenFinder Finder;
  for (const std::string &File : Files)
    Finder.lookAbove(File);
  return std::move(Finder.Problems);
}

std::vector<std::string> unknownNames(ClangTidyOptionsProvider &Provider,
                                      ArrayRef<std::string> Files) {
  NameChecker Checker;
  for (const std::string &File : Files)
    for (const auto &[Options, Source] : Provider.getRawOptions(File)) {
      if (Options.Checks)
        Checker.checkGlobs(*Options.Checks, Source);
      if (Options.WarningsAsErrors)
        Checker.checkGlobs(*Options.WarningsAsErrors, Source);
      for (const auto &Entry : Options.CheckOptions)
        Checker.checkOption(Entry.getKey(), Source);
    }
  return std::move(Checker.Problems);
}

} // namespace torchtidy
