#include "engine/Scan.h"
#include "engine/HoistGuard.h"
#include "engine/IncludeGraph.h"
#include "engine/Invocation.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/ResourceDirectory.h"
#include "clang/Lex/PreprocessorOptions.h"

using namespace llvm;

namespace torchtidy {
namespace {

// Below this an external header is cheaper parsed again than shared: the standard library's largest
// come to about 2 MB, LibTorch's umbrella to over 10.
constexpr uint64_t HeavyBytes = 3 << 20;

class EmptyFile : public vfs::File {
public:
  explicit EmptyFile(vfs::Status S) : Stat(std::move(S)) {}
  ErrorOr<vfs::Status> status() override { return Stat; }
  ErrorOr<std::unique_ptr<MemoryBuffer>> getBuffer(const Twine &Name, int64_t, bool,
                                                   bool) override {
    return MemoryBuffer::getMemBuffer("", Name.str());
  }
  std::error_code close() override { return {}; }

private:
  vfs::Status Stat;
};

// Shows external files as existing and empty.
class ProjectOnlyFileSystem : public vfs::ProxyFileSystem {
public:
  ProjectOnlyFileSystem(compat::FileSystemPtr FS, const ProjectScope &Scope, StringRef Directory)
      : ProxyFileSystem(std::move(FS)), Scope(Scope), Directory(Directory) {}

  ErrorOr<vfs::Status> status(const Twine &Path) override {
    auto Stat = ProxyFileSystem::status(Path);
    if (!Stat || !isEmptied(*Stat, Path))
      return Stat;
    return vfs::Status::copyWithNewSize(*Stat, 0);
  }

  ErrorOr<std::unique_ptr<vfs::File>> openFileForRead(const Twine &Path) override {
    auto Stat = ProxyFileSystem::status(Path);
    if (!Stat)
      return Stat.getError();
    if (!isEmptied(*Stat, Path))
      return ProxyFileSystem::openFileForRead(Path);
    return std::make_unique<EmptyFile>(vfs::Status::copyWithNewSize(*Stat, 0));
  }

private:
  bool isEmptied(const vfs::Status &Stat, const Twine &Path) const {
    return Stat.isRegularFile() && !Scope.isProject(Path.str(), Directory);
  }

  const ProjectScope &Scope;
  std::string Directory;
};

// Collects what the scan is after while the preprocessor runs.
class ScanAction : public clang::PreprocessorFrontendAction {
public:
  ScanAction(const ProjectScope &Scope, StringRef Directory, IncludeGraph &Graph, ScanResult &Out)
      : Scope(Scope), Directory(Directory), Graph(Graph), Out(Out) {}

private:
  void ExecuteAction() override {
    clang::Preprocessor &PP = getCompilerInstance().getPreprocessor();
    clang::SourceManager &SM = PP.getSourceManager();
    auto IsProject = [&](clang::SourceLocation Loc) {
      auto File = SM.getFileEntryRefForID(SM.getFileID(Loc));
      return File && Scope.isProject(File->getName(), Directory);
    };
    Guard.install(
        PP, IsProject, [](clang::SourceLocation) { return false; },
        [&](StringRef Spelling, clang::FileEntryRef File, clang::SourceLocation) {
          include(Spelling, File.getName());
        },
        [&](const EarlyMacro &Macro) {
          Macros.push_back(Macro);
          return false; // asked again when the headers are known
        });
    PP.EnterMainSourceFile();
    clang::Token Tok;
    do
      PP.Lex(Tok);
    while (Tok.isNot(clang::tok::eof));
    collectFiles(SM);
  }

  void include(StringRef Spelling, StringRef Path) {
    if (Scope.isProject(Path, Directory))
      return;
    bool Known = any_of(Out.Heavy, [&](const HeavyHeader &H) { return H.Path == Path; });
    if (Known || !Graph.isAtLeast(Path, HeavyBytes))
      return;
    if (Guard.reason().empty()) {
      Out.Heavy.push_back({Spelling.str(), Path.str()});
      Out.EarlyMacros = Macros;
    } else if (Out.PlainReason.empty())
      Out.PlainReason = (Guard.reason() + " stands before <" + Spelling + ">").str();
  }

  void collectFiles(clang::SourceManager &SM) {
    for (auto It = SM.fileinfo_begin(), End = SM.fileinfo_end(); It != End; ++It) {
      std::string Path = absoluteIn(Directory, It->first.getName());
      if (Scope.isProject(Path, Directory))
        Out.ProjectFiles.push_back(std::move(Path));
    }
    llvm::sort(Out.ProjectFiles);
  }

  const ProjectScope &Scope;
  std::string Directory;
  IncludeGraph &Graph;
  ScanResult &Out;
  HoistGuard Guard;
  std::vector<EarlyMacro> Macros;
};

// Of several heavy headers only those stay that add much to the others: dropping <torch/script.h>
// beside <torch/torch.h>, and putting the rest in one order, lets many more units share.
void keepWorthSharing(std::vector<HeavyHeader> &Heavy, IncludeGraph &Graph) {
  std::vector<std::string> Paths;
  for (const HeavyHeader &H : Heavy)
    Paths.push_back(H.Path);
  std::vector<HeavyHeader> Kept;
  for (const std::string &Path : Graph.worthSharing(Paths, HeavyBytes))
    Kept.push_back(*find_if(Heavy, [&](const HeavyHeader &H) { return H.Path == Path; }));
  Heavy = std::move(Kept);
}

// What a CUDA source reads before anything else stands before its shared headers as well.
void putPreludeFirst(std::vector<HeavyHeader> &Heavy, ArrayRef<std::string> Includes) {
  for (const std::string &Path : Includes)
    if (isCudaPrelude(Path))
      Heavy.insert(Heavy.begin(), {Path, Path});
}

ScanResult refuse(ScanResult Result, StringRef Reason) {
  Result.Heavy.clear();
  Result.PlainReason = Reason.str();
  return Result;
}

} // namespace

ScanResult scanUnit(const Unit &U, const clang::CompilerInvocation &Invocation,
                    const ProjectScope &Scope, IncludeGraphs &Graphs, const FileTexts &Texts) {
  ScanResult Result;
  const auto &PPOpts = Invocation.getPreprocessorOpts();
  IncludeGraph &Graph = Graphs.graphFor(Invocation.getHeaderSearchOpts(), U.Directory);
  compat::FileSystemPtr FS(
      new ProjectOnlyFileSystem(withTexts(makeFileSystem(U), Texts), Scope, U.Directory));
  clang::IgnoringDiagConsumer Ignore;
  auto Copy = std::make_shared<clang::CompilerInvocation>(Invocation);
  auto Compiler = compat::makeCompiler(Copy, FS, &Ignore);
  ScanAction Action(Scope, U.Directory, Graph, Result);
  Compiler->ExecuteAction(Action);
  if (Result.Heavy.empty())
    return Result;
  if (!PPOpts.MacroIncludes.empty() || !PPOpts.ImplicitPCHInclude.empty())
    return refuse(std::move(Result),
                  "the command line has a precompiled header or -imacros of its own");
  if (!Invocation.getLangOpts().CPlusPlus)
    return refuse(std::move(Result), "not a C++ file");
  if (Result.Heavy.size() > 1)
    keepWorthSharing(Result.Heavy, Graph);
  putPreludeFirst(Result.Heavy, PPOpts.Includes);
  return Result;
}

} // namespace torchtidy
