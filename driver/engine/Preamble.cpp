#include "engine/Preamble.h"
#include "engine/Dependencies.h"
#include "engine/Invocation.h"
#include "engine/KeptBodies.h"
#include "support/AtomicWrite.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include "support/FileLock.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/xxhash.h"
#include <chrono>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr StringLiteral FormatVersion = "preamble-5";
constexpr size_t KeyLength = 24;

// Every file that a compilation reads, the system's too.
class AllDependencies : public clang::DependencyCollector {
  bool needSystemDependencies() override { return true; }
};

std::vector<Dependency> describeInputs(const PreambleRequest &Request,
                                       ArrayRef<std::string> Headers) {
  std::vector<Dependency> Result;
  std::vector<std::string> Files, SearchPath;
  for (StringRef Header : Headers)
    if (Dependency D = describeFile(writtenIn(Request.Directory, Header)); !D.Digest.empty()) {
      Files.push_back(D.Path);
      Result.push_back(std::move(D));
    }
  for (const auto &Entry : Request.Invocation->getHeaderSearchOpts().UserEntries)
    SearchPath.push_back(absoluteIn(Request.Directory, Entry.Path));
  for (const std::string &Dir : watchedDirectories(Request.ProjectDirs, Files, SearchPath))
    Result.push_back(describeDirectory(Dir));
  return Result;
}

constexpr StringLiteral DirectoryMark("names");

// One line a file: size, modification time, digest of the content, path. A directory's size is
// DirectoryMark.
std::string manifestOf(ArrayRef<Dependency> Files) {
  std::string Text;
  raw_string_ostream OS(Text);
  for (const Dependency &D : Files)
    OS << (D.IsDirectory ? DirectoryMark.str() : std::to_string(D.Size)) << ' ' << D.Time << ' '
       << D.Digest << ' ' << (D.Requested.empty() ? D.Path : D.Requested) << '\n';
  return Text;
}

std::optional<Dependency> parseLine(StringRef Line) {
  auto [Size, Rest1] = Line.split(' ');
  auto [Time, Rest2] = Rest1.split(' ');
  auto [Digest, Name] = Rest2.split(' ');
  Dependency D = dependencyOn(Name);
  D.IsDirectory = Size == DirectoryMark;
  if ((!D.IsDirectory && Size.getAsInteger(10, D.Size)) || Time.getAsInteger(10, D.Time) ||
      Name.empty())
    return std::nullopt;
  D.Digest = Digest.str();
  return D;
}

// Nothing if it is damaged or a file has changed.
std::optional<std::vector<Dependency>> filesThatHold(StringRef Manifest) {
  DependencyChecker Checker;
  std::vector<Dependency> Files;
  while (!Manifest.empty()) {
    StringRef Line;
    std::tie(Line, Manifest) = Manifest.split('\n');
    if (Line.empty())
      continue;
    auto D = parseLine(Line);
    if (!D || !Checker.holds(*D))
      return std::nullopt;
    Files.push_back(std::move(*D));
  }
  return Files;
}

// The lock file's time is when the preamble was last used.
void touch(const std::string &Path) {
  int FD = -1;
  if (sys::fs::openFileForWrite(Path, FD, sys::fs::CD_OpenExisting, sys::fs::OF_Append))
    return;
  (void)sys::fs::setLastAccessAndModificationTime(FD, std::chrono::system_clock::now());
  ::close(FD);
}

// What an interrupted build or a stale preamble left; the manifest first, as it says "valid".
void removeLeftovers(const std::string &Dir) {
  (void)sys::fs::remove(joinPath(Dir, "manifest"));
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
    if (sys::path::filename(It->path()) != "lock")
      (void)sys::fs::remove(It->path());
}

// Makes the precompiled header in memory: where clang writes it itself, a full disk ends the
// process.
class BuildAction : public clang::GeneratePCHAction {
public:
  std::shared_ptr<AllDependencies> Dependencies = std::make_shared<AllDependencies>();
  std::shared_ptr<clang::PCHBuffer> Made = std::make_shared<clang::PCHBuffer>();
  std::string Identifiers;

private:
  void EndSourceFileAction() override {
    Identifiers =
        HeaderIdentifiers::encode(getCompilerInstance().getPreprocessor().getIdentifierTable());
    GeneratePCHAction::EndSourceFileAction();
  }
  bool BeginSourceFileAction(clang::CompilerInstance &CI) override {
    Dependencies->attachToPreprocessor(CI.getPreprocessor());
    return GeneratePCHAction::BeginSourceFileAction(CI);
  }
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef) override {
    std::vector<std::unique_ptr<clang::ASTConsumer>> Consumers;
    Consumers.push_back(compat::makePCHGenerator(CI, CI.getFrontendOpts().OutputFile, Made));
    Consumers.push_back(std::make_unique<KeptBodies>());
    return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
  }
};

} // namespace

std::string HeaderIdentifiers::encode(const clang::IdentifierTable &Names) {
  std::vector<support::ulittle64_t> Digests;
  for (const auto &Entry : Names)
    Digests.emplace_back(xxh3_64bits(Entry.getKey()));
  llvm::sort(Digests);
  return std::string(reinterpret_cast<const char *>(Digests.data()),
                     Digests.size() * sizeof(Digests[0]));
}

bool HeaderIdentifiers::contains(StringRef Name) const {
  if (!Sorted)
    return true;
  ArrayRef<support::ulittle64_t> Digests(
      reinterpret_cast<const support::ulittle64_t *>(Sorted->getBufferStart()),
      Sorted->getBufferSize() / sizeof(support::ulittle64_t));
  return std::binary_search(Digests.begin(), Digests.end(), xxh3_64bits(Name));
}

PreambleHeaders describePreamble(std::vector<Dependency> Files) {
  std::string Text;
  for (const Dependency &D : Files)
    Text += D.Path + "\n" + D.Digest + "\n";
  return {std::move(Files), hexDigest(Text)};
}

// The text that a key is the digest of; also left beside the preamble for people to read.
static std::string keyText(const PreambleRequest &Request) {
  clang::CompilerInvocation Copy(*Request.Invocation);
  Copy.getFrontendOpts().Inputs.clear();
  Copy.getFrontendOpts().OutputFile.clear();
  Copy.getPreprocessorOpts().Includes.clear(); // they are read after it, by each unit
  // Which warnings are wanted does not matter to headers, whose warnings are dropped anyway.
  Copy.getDiagnosticOpts().Warnings.clear();
  Copy.getDiagnosticOpts().IgnoreWarnings = false;
  Copy.getDiagnosticOpts().Pedantic = false;
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
  return Text;
}

std::string PreambleStore::key(const PreambleRequest &Request) {
  return hexDigest(keyText(Request)).substr(0, KeyLength);
}

std::string PreambleStore::directory(StringRef Key) const {
  return joinPath(CacheDir, "preambles/" + Key);
}

std::string PreambleStore::pathOf(StringRef Key) const {
  return joinPath(directory(Key), "preamble.pch");
}

HeaderIdentifiers PreambleStore::identifiers(StringRef Key) const {
  auto Stored = MemoryBuffer::getFile(joinPath(directory(Key), "identifiers"), /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  return Stored ? HeaderIdentifiers(std::move(*Stored)) : HeaderIdentifiers();
}

std::string PreambleStore::find(StringRef Key) const {
  return headers(Key) && sys::fs::exists(pathOf(Key)) ? pathOf(Key) : "";
}

const PreambleHeaders *PreambleStore::headers(StringRef Key) const {
  if (auto Known = Valid.find(Key); Known != Valid.end())
    return &Known->second;
  std::string Dir = directory(Key);
  auto Manifest = MemoryBuffer::getFile(joinPath(Dir, "manifest"));
  auto Files = Manifest ? filesThatHold((*Manifest)->getBuffer()) : std::nullopt;
  if (!Files)
    return nullptr;
  touch(joinPath(Dir, "lock"));
  return &Valid.try_emplace(Key, describePreamble(std::move(*Files))).first->second;
}

std::string PreambleStore::adopt(const PreambleHeaders &Headers) const {
  std::string Key = Headers.Content.substr(0, KeyLength);
  if (Valid.count(Key))
    return Key;
  std::string Dir = directory(Key);
  if (sys::fs::create_directories(Dir))
    return "";
  FileLock Lock(joinPath(Dir, "lock"));
  Error E = Lock.ok() ? writeAtomically(joinPath(Dir, "manifest"), manifestOf(Headers.Files),
                                        Loss::NewText)
                      : failure("no lock");
  if (errorToBool(std::move(E)))
    return "";
  Valid.try_emplace(Key, Headers);
  return Key;
}

Expected<std::string> PreambleStore::build(const PreambleRequest &Request, StringRef Key) const {
  std::string Dir = directory(Key);
  if (std::error_code EC = sys::fs::create_directories(Dir))
    return failure("cannot create '" + Dir + "'");
  FileLock Lock(joinPath(Dir, "lock"));
  if (!Lock.ok())
    return failure("cannot write in '" + Dir + "'");
  // Another process may have made it while this one waited.
  if (std::string Ready = find(Key); !Ready.empty())
    return Ready;

  removeLeftovers(Dir);
  std::string Source = joinPath(Dir, "preamble.h"), File = joinPath(Dir, "preamble.pch");
  std::string Text;
  for (const HeavyHeader &H : Request.Headers)
    Text += "#include <" + H.Spelling + ">\n";
  if (Error E = writeAtomically(joinPath(Dir, "key"), keyText(Request), Loss::NewText))
    return std::move(E);
  if (Error E = writeAtomically(Source, Text, Loss::NewText))
    return std::move(E);

  auto Invocation = std::make_shared<clang::CompilerInvocation>(*Request.Invocation);
  auto &Frontend = Invocation->getFrontendOpts();
  clang::InputKind Kind = Frontend.Inputs.front().getKind().getHeader();
  Frontend.Inputs = {clang::FrontendInputFile(Source, Kind)};
  Frontend.OutputFile = File;
  Frontend.ProgramAction = clang::frontend::GeneratePCH;
  Frontend.SkipFunctionBodies = true;
  // For the editor's hovers.
  Invocation->getLangOpts().RetainCommentsFromSystemHeaders = true;
  Invocation->getLangOpts().CommentOpts.ParseAllComments = true;
  Invocation->getPreprocessorOpts().Includes.clear();

  clang::TextDiagnosticBuffer Diags;
  Unit Here{Source, Request.Directory, {}};
  auto Compiler = compat::makeCompiler(Invocation, makeFileSystem(Here), &Diags);
  BuildAction Action;
  if (!Compiler->ExecuteAction(Action) || Diags.err_begin() != Diags.err_end() ||
      !Action.Made->IsComplete) {
    std::string Why =
        Diags.err_begin() == Diags.err_end() ? "unknown error" : Diags.err_begin()->second;
    return failure("the heavy headers do not compile by "
                   "themselves: " +
                   Why);
  }
  StringRef Made(Action.Made->Data.data(), Action.Made->Data.size());
  if (Error E = writeAtomically(File, Made, Loss::NewText))
    return std::move(E);
  if (Error E = writeAtomically(joinPath(Dir, "identifiers"), Action.Identifiers, Loss::NewText))
    return std::move(E);
  std::vector<std::string> Headers = Action.Dependencies->getDependencies();
  llvm::erase(Headers, Source); // says no more than the key
  std::string Manifest = manifestOf(describeInputs(Request, Headers));
  if (Error E = writeAtomically(joinPath(Dir, "manifest"), Manifest, Loss::NewText))
    return std::move(E);
  return File;
}

namespace {

struct StoredPreamble {
  std::string Directory;
  bool IsBuilt = false; // not only adopted
  uint64_t Bytes = 0;
  sys::TimePoint<> Used;
};

std::vector<StoredPreamble> listPreambles(StringRef CacheDir) {
  std::vector<StoredPreamble> Result;
  std::error_code EC, FileEC;
  for (sys::fs::directory_iterator It(joinPath(CacheDir, "preambles"), EC), End; It != End && !EC;
       It.increment(EC)) {
    StoredPreamble P{It->path(), sys::fs::exists(joinPath(It->path(), "preamble.pch")), 0, {}};
    for (sys::fs::directory_iterator File(It->path(), FileEC); File != End && !FileEC;
         File.increment(FileEC)) {
      sys::fs::file_status Stat;
      if (sys::fs::status(File->path(), Stat))
        continue;
      P.Bytes += Stat.getSize();
      P.Used = std::max(P.Used, Stat.getLastModificationTime());
    }
    Result.push_back(std::move(P));
  }
  llvm::sort(Result, [](const auto &A, const auto &B) { return A.Used < B.Used; });
  return Result;
}

} // namespace

CacheUsage preambleUsage(StringRef CacheDir) {
  CacheUsage Usage;
  for (const StoredPreamble &P : listPreambles(CacheDir)) {
    Usage.Preambles += P.IsBuilt;
    Usage.Bytes += P.Bytes;
  }
  return Usage;
}

size_t prunePreambles(StringRef CacheDir, uint64_t Limit, const StringSet<> &InUse) {
  std::vector<StoredPreamble> All = listPreambles(CacheDir);
  uint64_t Total = 0;
  size_t Removed = 0;
  for (const StoredPreamble &P : All)
    Total += P.Bytes;
  for (const StoredPreamble &P : All) {
    if (Total <= Limit)
      break;
    if (InUse.contains(sys::path::filename(P.Directory)))
      continue;
    FileLock Lock(joinPath(P.Directory, "lock"), /*Wait=*/false);
    if (!Lock.ok())
      continue;
    // The manifest goes first: without it the rest counts for nothing.
    (void)sys::fs::remove(joinPath(P.Directory, "manifest"));
    (void)sys::fs::remove_directories(P.Directory);
    Total -= P.Bytes;
    Removed += P.IsBuilt;
  }
  return Removed;
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
