#include "engine/Preamble.h"
#include "Clang.h"
#include "engine/Invocation.h"
#include "engine/Paths.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SHA1.h"
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr StringLiteral FormatVersion = "preamble-1";

std::string hexDigest(StringRef Data) {
  return toHex(SHA1::hash(arrayRefFromStringRef(Data)), /*LowerCase=*/true);
}

// A lock held on a file for the life of the object; released by the system if the process dies.
class FileLock {
public:
  explicit FileLock(const std::string &Path)
      : FD(::open(Path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (FD >= 0)
      while (::flock(FD, LOCK_EX) != 0 && errno == EINTR)
        ;
  }
  ~FileLock() {
    if (FD >= 0)
      ::close(FD);
  }
  bool ok() const { return FD >= 0; }

private:
  int FD;
};

// Every file that a compilation reads, the system's too.
class AllDependencies : public clang::DependencyCollector {
  bool needSystemDependencies() override { return true; }
};

Error writeAtomically(const std::string &Path, StringRef Content) {
  return writeToOutput(Path, [&](raw_ostream &OS) {
    OS << Content;
    return Error::success();
  });
}

// One line a file: size, modification time, digest of the content, path.
std::string manifestOf(ArrayRef<std::string> Files, StringRef Directory) {
  std::string Text;
  raw_string_ostream OS(Text);
  for (StringRef File : Files) {
    std::string Path = absoluteIn(Directory, File);
    sys::fs::file_status Stat;
    auto Buffer = MemoryBuffer::getFile(Path);
    if (sys::fs::status(Path, Stat) || !Buffer)
      continue;
    OS << Stat.getSize() << ' ' << Stat.getLastModificationTime().time_since_epoch().count() << ' '
       << hexDigest((*Buffer)->getBuffer()) << ' ' << Path << '\n';
  }
  return Text;
}

bool lineHolds(StringRef Line) {
  auto [SizeText, Rest1] = Line.split(' ');
  auto [TimeText, Rest2] = Rest1.split(' ');
  auto [Digest, Path] = Rest2.split(' ');
  uint64_t Size = 0;
  int64_t Time = 0;
  sys::fs::file_status Stat;
  if (SizeText.getAsInteger(10, Size) || TimeText.getAsInteger(10, Time) ||
      sys::fs::status(Path, Stat) || Stat.getSize() != Size)
    return false;
  if (Stat.getLastModificationTime().time_since_epoch().count() == Time)
    return true;
  auto Buffer = MemoryBuffer::getFile(Path);
  return Buffer && hexDigest((*Buffer)->getBuffer()) == Digest;
}

bool manifestHolds(StringRef Text) {
  while (!Text.empty()) {
    StringRef Line;
    std::tie(Line, Text) = Text.split('\n');
    if (!Line.empty() && !lineHolds(Line))
      return false;
  }
  return true;
}

class BuildAction : public clang::GeneratePCHAction {
public:
  std::shared_ptr<AllDependencies> Dependencies = std::make_shared<AllDependencies>();

private:
  bool BeginSourceFileAction(clang::CompilerInstance &CI) override {
    Dependencies->attachToPreprocessor(CI.getPreprocessor());
    return GeneratePCHAction::BeginSourceFileAction(CI);
  }
};

} // namespace

std::string PreambleStore::key(const PreambleRequest &Request) {
  clang::CompilerInvocation Copy(*Request.Invocation);
  Copy.getFrontendOpts() = clang::FrontendOptions();
  Copy.getDiagnosticOpts() = clang::DiagnosticOptions();
  std::string Text = (FormatVersion + "\n" LLVM_VERSION_STRING "\n").str();
  for (const std::string &Arg : Copy.getCC1CommandLine())
    Text += Arg + "\n";
  for (const auto &Entry : Copy.getHeaderSearchOpts().UserEntries)
    if (sys::path::is_relative(Entry.Path)) {
      Text += "in " + Request.Directory + "\n";
      break;
    }
  for (const HeavyHeader &H : Request.Headers)
    Text += "#" + H.Spelling + " " + H.Path + "\n";
  return hexDigest(Text).substr(0, 24);
}

std::string PreambleStore::directory(StringRef Key) const {
  return joinPath(CacheDir, "preambles/" + Key);
}

std::string PreambleStore::find(StringRef Key) const {
  std::string Dir = directory(Key);
  std::string File = joinPath(Dir, "preamble.pch");
  auto Manifest = MemoryBuffer::getFile(joinPath(Dir, "manifest"));
  if (!Manifest || !sys::fs::exists(File) || !manifestHolds((*Manifest)->getBuffer()))
    return "";
  return File;
}

Expected<std::string> PreambleStore::build(const PreambleRequest &Request, StringRef Key) const {
  std::string Dir = directory(Key);
  if (std::error_code EC = sys::fs::create_directories(Dir))
    return createStringError(EC, "cannot create '" + Dir + "'");
  FileLock Lock(joinPath(Dir, "lock"));
  if (!Lock.ok())
    return createStringError(errnoAsErrorCode(), "cannot write in '" + Dir + "'");
  // Another process may have made it while this one waited.
  if (std::string Ready = find(Key); !Ready.empty())
    return Ready;

  std::string Source = joinPath(Dir, "preamble.h"), File = joinPath(Dir, "preamble.pch");
  std::string Text;
  for (const HeavyHeader &H : Request.Headers)
    Text += "#include <" + H.Spelling + ">\n";
  sys::fs::remove(joinPath(Dir, "manifest"));
  if (Error E = writeAtomically(Source, Text))
    return std::move(E);

  auto Invocation = std::make_shared<clang::CompilerInvocation>(*Request.Invocation);
  auto &Frontend = Invocation->getFrontendOpts();
  clang::InputKind Kind = Frontend.Inputs.front().getKind().getHeader();
  Frontend.Inputs = {clang::FrontendInputFile(Source, Kind)};
  Frontend.OutputFile = File;
  Frontend.ProgramAction = clang::frontend::GeneratePCH;
  Frontend.SkipFunctionBodies = true;
  Invocation->getPreprocessorOpts().WriteCommentListToPCH = false;

  clang::TextDiagnosticBuffer Diags;
  Unit Here{Source, Request.Directory, {}};
  auto Compiler = compat::makeCompiler(Invocation, makeFileSystem(Here), &Diags);
  BuildAction Action;
  if (!Compiler->ExecuteAction(Action) || Diags.err_begin() != Diags.err_end()) {
    std::string Why =
        Diags.err_begin() == Diags.err_end() ? "unknown error" : Diags.err_begin()->second;
    return createStringError(inconvertibleErrorCode(), "the heavy headers do not compile by "
                                                       "themselves: " +
                                                           Why);
  }
  if (Error E =
          writeAtomically(joinPath(Dir, "manifest"),
                          manifestOf(Action.Dependencies->getDependencies(), Request.Directory)))
    return std::move(E);
  return File;
}

std::string defaultCacheDirectory() {
  SmallString<256> Dir;
  if (auto Env = sys::Process::GetEnv("XDG_CACHE_HOME"); Env && !Env->empty())
    Dir = *Env;
  else if (auto Home = sys::Process::GetEnv("HOME"); Home && !Home->empty())
    sys::path::append(Dir, *Home, ".cache");
  else
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, Dir);
  sys::path::append(Dir, "torch-tidy");
  return std::string(Dir);
}

} // namespace torchtidy
