#include "findings/ChangedLines.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace torchtidy {
namespace {

struct GitOutput {
  int Status = 0;
  std::string Out, Err;
};

std::string takeText(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  return Buffer ? (*Buffer)->getBuffer().str() : "";
}

Expected<GitOutput> runGit(StringRef Directory, ArrayRef<StringRef> Arguments) {
  auto Git = sys::findProgramByName("git");
  if (!Git)
    return failure("--new-from-rev needs git, which is not in PATH. Next: install git");
  SmallString<128> OutPath, ErrPath;
  if (sys::fs::createTemporaryFile("torch-tidy-git", "out", OutPath) ||
      sys::fs::createTemporaryFile("torch-tidy-git", "err", ErrPath))
    return failure("no temporary file could be made for what git says");
  FileRemover RemoveOut(OutPath), RemoveErr(ErrPath);
  std::vector<StringRef> Command = {*Git, "-C", Directory};
  Command.insert(Command.end(), Arguments.begin(), Arguments.end());
  std::optional<StringRef> Redirects[] = {StringRef(""), StringRef(OutPath), StringRef(ErrPath)};
  GitOutput Result;
  Result.Status = sys::ExecuteAndWait(*Git, Command, std::nullopt, Redirects);
  Result.Out = takeText(OutPath);
  Result.Err = takeText(ErrPath);
  return std::move(Result);
}

// A name as git prints it after "+++ ": in quotes with C escapes where it holds odd characters,
// followed by a tab where it holds spaces.
std::string unquoted(StringRef Name) {
  if (!Name.consume_front("\""))
    return Name.split('\t').first.str();
  std::string Result;
  for (size_t I = 0; I < Name.size() && Name[I] != '"'; ++I) {
    if (Name[I] != '\\' || I + 1 == Name.size()) {
      Result += Name[I];
      continue;
    }
    ++I;
    unsigned Octal = 0;
    if (Name[I] >= '0' && Name[I] <= '3' && !Name.substr(I, 3).getAsInteger(8, Octal)) {
      Result += char(Octal);
      I += 2;
    } else {
      Result += StringSwitch<char>(Name.substr(I, 1))
                    .Case("n", '\n')
                    .Case("t", '\t')
                    .Case("r", '\r')
                    .Case("a", '\a')
                    .Case("b", '\b')
                    .Case("f", '\f')
                    .Case("v", '\v')
                    .Default(Name[I]);
    }
  }
  return Result;
}

struct HunkHeader {
  unsigned OldCount = 1, NewStart = 0, NewCount = 1;
};

// @@ -12,3 +14 @@ …
bool parseHunkHeader(StringRef Line, HunkHeader &H) {
  unsigned OldStart = 0;
  if (!Line.consume_front("@@ -") || Line.consumeInteger(10, OldStart))
    return false;
  if (Line.consume_front(",") && Line.consumeInteger(10, H.OldCount))
    return false;
  if (!Line.consume_front(" +") || Line.consumeInteger(10, H.NewStart))
    return false;
  return !(Line.consume_front(",") && Line.consumeInteger(10, H.NewCount));
}

} // namespace

void ChangedLines::addDiff(StringRef Diff, StringRef Root) {
  std::vector<LineRange> *Current = nullptr;
  // Within a hunk nothing but its length tells a line of a file from one of the diff.
  size_t HunkLines = 0;
  while (!Diff.empty()) {
    auto [Line, Rest] = Diff.split('\n');
    Diff = Rest;
    HunkHeader H;
    if (HunkLines > 0) {
      HunkLines -= !Line.starts_with("\\");
    } else if (StringRef Name = Line; Name.consume_front("+++ ")) {
      std::string Path = unquoted(Name);
      Current = Path == "/dev/null" ? nullptr : &Files[joinPath(Root, StringRef(Path).substr(2))];
    } else if (parseHunkHeader(Line, H)) {
      HunkLines = H.OldCount + H.NewCount;
      if (Current && H.NewCount > 0)
        Current->push_back({H.NewStart, H.NewStart + H.NewCount - 1});
    }
  }
}

Error ChangedLines::addRepository(StringRef Revision, StringRef Root) {
  std::string Commit = (Revision + "^{commit}").str();
  auto Known = runGit(Root, {"rev-parse", "--verify", "--quiet", "--end-of-options", Commit});
  if (!Known)
    return Known.takeError();
  if (Known->Status != 0)
    return failure("--new-from-rev: git does not know the revision '" + Revision + "' in '" + Root +
                   "'. Next: fetch it (a shallow clone lacks history: git fetch --unshallow, or "
                   "fetch-depth: 0 in CI)");
  auto Diff = runGit(Root, {"-c",
                            "core.quotePath=false",
                            "-c",
                            "diff.noprefix=false",
                            "-c",
                            "diff.mnemonicPrefix=false",
                            "-c",
                            "diff.relative=false",
                            "diff",
                            "--no-color",
                            "--no-ext-diff",
                            "--no-textconv",
                            "--unified=0",
                            "--inter-hunk-context=0",
                            "--find-renames",
                            "--ignore-submodules",
                            "--src-prefix=a/",
                            "--dst-prefix=b/",
                            StringRef(Known->Out).trim(),
                            "--"});
  if (!Diff)
    return Diff.takeError();
  if (Diff->Status != 0)
    return failure("git diff failed in '" + Root + "': " + StringRef(Diff->Err).trim());
  addDiff(Diff->Out, Root);
  auto New = runGit(Root, {"ls-files", "--others", "--exclude-standard", "-z"});
  if (!New)
    return New.takeError();
  SmallVector<StringRef> Names;
  StringRef(New->Out).split(Names, '\0', -1, /*KeepEmpty=*/false);
  for (StringRef Name : Names)
    Files[joinPath(Root, Name)].push_back({1, ~0u});
  return Error::success();
}

Expected<ChangedLines> ChangedLines::since(StringRef Revision, ArrayRef<std::string> Roots) {
  ChangedLines Result;
  StringSet<> Done;
  for (const std::string &Dir : Roots) {
    auto Top = runGit(Dir, {"rev-parse", "--show-toplevel"});
    if (!Top)
      return Top.takeError();
    if (Top->Status != 0)
      return failure("--new-from-rev: '" + Dir + "' is not in a git working tree: " +
                     StringRef(Top->Err).trim() + ". Next: run it in one, or use --baseline");
    std::string Root = realPath(StringRef(Top->Out).rtrim("\n"));
    if (!Done.insert(Root).second)
      continue;
    if (Error E = Result.addRepository(Revision, Root))
      return std::move(E);
  }
  return std::move(Result);
}

bool ChangedLines::contains(StringRef Path, unsigned Line) const {
  auto It = Files.find(Path);
  return It != Files.end() &&
         any_of(It->second, [&](const LineRange &R) { return R.First <= Line && Line <= R.Last; });
}

} // namespace torchtidy
