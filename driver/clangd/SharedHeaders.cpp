// clangd makes a precompiled header of what stands at the top of each file, its preamble. Here it
// starts from the engine's precompiled header of LibTorch, and adds only what the project's own
// headers have. Scan and soundness are the engine's (Runner::plan, HeaderFit); where sharing
// is not sound or fails, clangd does as always, and its log says why.
#include "SharedHeaders.h"
#include "HeaderMaker.h"
#include "Wrap.h"
#include "engine/ProjectScope.h"
#include "engine/Runner.h"
#include "support/FilePaths.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/PrecompiledPreamble.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Serialization/ASTReader.h"
#include "clang/Tooling/CompilationDatabase.h"
#include "llvm/Support/Process.h"
#include <fcntl.h>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace clang::include_cleaner {
class PragmaIncludes;
} // namespace clang::include_cleaner
// Declared in no installed header; of each only what is used here, in clangd's own order.
namespace clang::clangd {
struct ParseInputs {
  tooling::CompileCommand CompileCommand;
  const void *TFS;
  std::string Contents; // of the editor
};
class CapturedASTCtx;
class FileIndex;
class ParsedAST {
public:
  ASTContext &getASTContext();
};
struct PreambleBuildStats;
struct PreambleData;
using PreambleParsedCallback =
    std::function<void(CapturedASTCtx, std::shared_ptr<const include_cleaner::PragmaIncludes>)>;
} // namespace clang::clangd

using namespace llvm;
using namespace clang;

namespace torchtidy {
namespace {

bool IsWanted = false;
std::string CacheDir; // empty: the driver's

// What the AST of a preamble reads from after its compiler is gone. clangd indexes it later, on
// another thread.
struct Kept {
  IntrusiveRefCntPtr<ASTReader> Reader;
  std::shared_ptr<void> Buffers;
  std::shared_ptr<CompilerInvocation> Invocation; // with the shared header
};
std::mutex KeptMutex;
DenseMap<const ASTContext *, Kept> KeptByContext;

// Past errs(), which clangd buffers and guards by a lock of its own: several threads speak.
void say(const Twine &Text) {
  std::string Line = ("torch-clangd: " + Text + "\n").str();
  (void)!::write(STDERR_FILENO, Line.data(), Line.size());
}

// Configuration is clangd's business: the engine only scans here.
OptionsProviderFactory noChecks() {
  return [] {
    tidy::ClangTidyOptions Options;
    Options.Checks = "-*";
    return std::make_unique<tidy::DefaultOptionsProvider>(tidy::ClangTidyGlobalOptions(), Options);
  };
}

// A name for the file at Path that stays good in this process when the cache is removed or the file
// replaced: parses go on reading from it. Empty if it cannot be opened.
std::string heldOpen(const std::string &Path) {
  static std::mutex Mutex;
  static std::map<std::pair<dev_t, ino_t>, int> Open; // until the program ends, one a shared header
  int File = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat Status;
  if (File < 0 || ::fstat(File, &Status) != 0)
    return "";
  std::lock_guard<std::mutex> Lock(Mutex);
  auto [It, New] = Open.try_emplace({Status.st_dev, Status.st_ino}, File);
  if (!New)
    ::close(File);
  return "/proc/self/fd/" + std::to_string(It->second);
}

HeaderMaker &headerMaker() {
  static HeaderMaker Maker;
  return Maker;
}

// What the files of a shared header are, for as long as it holds: clangd asks for all of them each
// time that a preamble is made of it.
struct FileStates {
  std::mutex Mutex;
  StringMap<std::optional<vfs::Status>> Known; // by path; filled when first asked for
};
class KnownFiles : public vfs::ProxyFileSystem {
public:
  KnownFiles(IntrusiveRefCntPtr<vfs::FileSystem> Below, std::shared_ptr<FileStates> States)
      : ProxyFileSystem(std::move(Below)), States(std::move(States)) {}
  ErrorOr<vfs::Status> status(const Twine &Path) override {
    std::string Name = Path.str();
    bool IsKept = false;
    {
      std::lock_guard<std::mutex> Lock(States->Mutex);
      if (auto It = States->Known.find(Name); It != States->Known.end()) {
        if (It->second)
          return *It->second;
        IsKept = true;
      }
    }
    ErrorOr<vfs::Status> Asked = ProxyFileSystem::status(Path);
    if (IsKept && Asked) {
      std::lock_guard<std::mutex> Lock(States->Mutex);
      States->Known[Name] = *Asked;
    }
    return Asked;
  }

private:
  std::shared_ptr<FileStates> States;
};

// Whether a shared header still holds: each of its files is looked at, on another thread than the
// one that reads it already. Files are the shared headers by their heldOpen() names: one that was
// made anew has another.
class Revalidation {
public:
  // True, and begun, if this process found the header of the key to hold before.
  bool begin(const std::string &Key, const std::string &File) {
    {
      std::lock_guard<std::mutex> Lock(Mutex);
      if (!known().count(File))
        return false;
    }
    Holds = std::async(std::launch::async,
                       [Key] { return !PreambleStore(sharedCacheDirectory()).find(Key).empty(); });
    return true;
  }
  // True if none was begun. Waits.
  bool holds() { return !Holds.valid() || Holds.get(); }

  // The states of the files of a header that was found to hold.
  static std::shared_ptr<FileStates> remember(const std::string &Key, const std::string &File,
                                              const PreambleStore &Store) {
    std::lock_guard<std::mutex> Lock(Mutex);
    std::shared_ptr<FileStates> &States = known()[File];
    if (!States) {
      States = std::make_shared<FileStates>();
      if (const PreambleHeaders *Headers = Store.headers(Key))
        for (const Dependency &Each : Headers->Files)
          if (!Each.IsDirectory)
            States->Known[Each.Requested.empty() ? Each.Path : Each.Requested];
    }
    return States;
  }
  static void forget(const std::string &File) {
    std::lock_guard<std::mutex> Lock(Mutex);
    known().erase(File);
  }

private:
  static std::map<std::string, std::shared_ptr<FileStates>> &known() {
    static std::map<std::string, std::shared_ptr<FileStates>> Headers;
    return Headers;
  }
  inline static std::mutex Mutex;
  std::future<bool> Holds;
};

// What a file starts from.
struct SharedHeader {
  std::string Path; // of the precompiled header; empty for none
  Revalidation Check;
  std::shared_ptr<FileStates> Files;
  // That of a header which is made when the file has been read without it.
  std::string KeyToMake;
  // What tells whether it fits.
  std::shared_ptr<PreambleStore> Store;
  std::shared_ptr<Runner> Scan;
  Unit File;
  UnitPlan Plan;
  // What came of it: why not, and which headers would fit.
  bool HasChanged = false;
  std::string Misfit;
  std::vector<HeavyHeader> Fitting;
};

// That of the preamble which this thread makes; null for none.
thread_local SharedHeader *Current = nullptr;

// What external headers include is found out once.
UnitResult plan(Runner &Scan, const Unit &U) {
  static std::mutex Mutex;
  static auto Graphs = std::make_shared<IncludeGraphs>();
  std::lock_guard<std::mutex> Lock(Mutex);
  Scan.shareGraphs(Graphs);
  return Scan.plan(U);
}

// None for the first file that wants a header: clangd is not slower than without while it is made.
SharedHeader sharedHeaderFor(StringRef File, const clang::clangd::ParseInputs &Inputs) {
  const tooling::CompileCommand &Command = Inputs.CompileCommand;
  Unit U{File.str(), Command.Directory, Command.CommandLine};
  auto Store = std::make_shared<PreambleStore>(sharedCacheDirectory());
  RunnerOptions Options;
  Options.Roots = {findProjectRoot(File, Command.Directory)};
  auto Scan = std::make_shared<Runner>(Options, noChecks(), Store.get());
  Scan->readInPlace({{realPath(File), Inputs.Contents}});
  UnitResult Planned = plan(*Scan, U);
  if (Planned.Plan.PreambleKey.empty()) {
    StringRef Why =
        Planned.Failure.empty() ? StringRef(Planned.Plan.PlainReason) : StringRef(Planned.Failure);
    if (!Why.empty())
      say(File + " does not start from shared headers: " + Why);
    return {};
  }
  Revalidation Check;
  std::string Path = heldOpen(Store->pathOf(Planned.Plan.PreambleKey));
  bool IsChecked = Check.begin(Planned.Plan.PreambleKey, Path);
  if (!IsChecked && Store->find(Planned.Plan.PreambleKey).empty()) {
    auto Make = [=, Plan = Planned.Plan](bool IsAwaited) {
      // What the user does comes first. Of the calling thread alone, on Linux.
      if (!IsAwaited)
        (void)::setpriority(PRIO_PROCESS, 0, 10);
      PreambleStore Own(sharedCacheDirectory());
      if (UnitResult Built = Runner(Options, noChecks(), &Own).buildPreamble(U, Plan);
          !Built.Failure.empty())
        say("no shared headers: " + Built.Failure);
    };
    if (headerMaker().start(Planned.Plan.PreambleKey, Make)) {
      say("the shared headers are made when " + File + " is open, which does without them");
      SharedHeader Later;
      Later.KeyToMake = Planned.Plan.PreambleKey;
      return Later;
    }
    // Waits for whoever makes it.
    if (UnitResult Built = Scan->buildPreamble(U, Planned.Plan); !Built.Failure.empty()) {
      say("no shared headers for " + File + ": " + Built.Failure);
      return {};
    }
  }
  SharedHeader Header;
  Header.Path = IsChecked ? Path : heldOpen(Store->pathOf(Planned.Plan.PreambleKey));
  if (!Header.Path.empty())
    Header.Files = Revalidation::remember(Planned.Plan.PreambleKey, Header.Path, *Store);
  Header.Check = std::move(Check);
  Header.Store = std::move(Store);
  Header.Scan = std::move(Scan);
  Header.File = std::move(U);
  Header.Plan = std::move(Planned.Plan);
  return Header;
}

// Some of several headers may fit.
void takeFewer(SharedHeader &Header) {
  UnitPlan Fewer = Header.Scan->fewer(Header.File, Header.Plan, Header.Fitting);
  Header.Path = "";
  if (Fewer.PreambleKey.empty() || !Header.Scan->buildPreamble(Header.File, Fewer).Failure.empty())
    return;
  Header.Path = heldOpen(Header.Store->pathOf(Fewer.PreambleKey));
  Header.Files.reset();
  Header.Plan = std::move(Fewer);
  Header.Misfit.clear();
}

// clangd's callbacks, and what lives on of the compiler that they see.
class KeepingCallbacks : public PreambleCallbacks {
public:
  KeepingCallbacks(PreambleCallbacks &Theirs, SharedHeader &Header)
      : Theirs(Theirs), Header(Header), Fit(Header.Scan->fitOf(Header.Plan)) {}

  void BeforeExecute(CompilerInstance &CI) override {
    Theirs.BeforeExecute(CI);
    IsProject = Header.Scan->locationsOf(Header.File, CI.getSourceManager());
    Fit->watch(CI.getPreprocessor(), IsProject);
  }
  void AfterExecute(CompilerInstance &CI) override {
    IntrusiveRefCntPtr<ASTReader> Reader = CI.getASTReader();
    // Nothing that is read from now on is to be written.
    if (Reader)
      Reader->setDeserializationListener(nullptr);
    for_each(Own, [&](const Decl *D) { Fit->see(D); });
    Header.Misfit = Fit->misfit();
    Header.Fitting = Fit->fitting();
    // One is included behind the preamble, which ends at the first line of code: all is to be read.
    if (!Header.Misfit.empty() && !Fit->reachedAll() && !Fit->hasEarlyText())
      Header.Misfit = Header.Scan->misfit(Header.File, Header.Plan);
    Header.HasChanged = !Header.Check.holds();
    if (Header.HasChanged)
      Header.Misfit = "they have changed";
    if (Reader && Header.Misfit.empty()) {
      std::lock_guard<std::mutex> Lock(KeptMutex);
      KeptByContext[&CI.getASTContext()] = {
          Reader, compat::moduleCacheOf(CI),
          std::make_shared<CompilerInvocation>(CI.getInvocation())};
    }
    // It is read; clangd uses the invocation again, to index the standard library.
    CI.getPreprocessorOpts().ImplicitPCHInclude.clear();
    Theirs.AfterExecute(CI);
  }
  void AfterPCHEmitted(ASTWriter &Writer) override { Theirs.AfterPCHEmitted(Writer); }
  void HandleTopLevelDecl(DeclGroupRef Group) override {
    copy_if(Group, std::back_inserter(Own),
            [&](const Decl *D) { return IsProject->isTopLevel(D); });
    Theirs.HandleTopLevelDecl(Group);
  }
  std::unique_ptr<PPCallbacks> createPPCallbacks() override { return Theirs.createPPCallbacks(); }
  CommentHandler *getCommentHandler() override { return Theirs.getCommentHandler(); }
  bool shouldSkipFunctionBody(Decl *D) override { return Theirs.shouldSkipFunctionBody(D); }

private:
  PreambleCallbacks &Theirs;
  SharedHeader &Header;
  std::unique_ptr<HeaderFit> Fit;
  std::shared_ptr<ProjectLocations> IsProject;
  std::vector<const Decl *> Own; // of the project, at the top
};

// Shows Visit the shared header of Invocation by itself.
class HeaderAction : public ASTFrontendAction {
public:
  using Visitor = llvm::function_ref<void(ASTContext &, Preprocessor &)>;
  static void run(const CompilerInvocation &Invocation, Visitor Visit) {
    auto Own = std::make_shared<CompilerInvocation>(Invocation);
    auto &Frontend = Own->getFrontendOpts();
    Frontend.Inputs = {FrontendInputFile(MemoryBufferRef("", "shared-headers.cpp"),
                                         Frontend.Inputs.front().getKind())};
    Frontend.ProgramAction = frontend::ParseSyntaxOnly;
    Frontend.OutputFile.clear();
    Own->getPreprocessorOpts().GeneratePreamble = false;
    Own->getPreprocessorOpts().RemappedFileBuffers.clear();
    IgnoringDiagConsumer Silent;
    auto Compiler = compat::makeCompiler(Own, vfs::getRealFileSystem(), &Silent);
    HeaderAction Action(Visit);
    Compiler->ExecuteAction(Action);
  }

private:
  explicit HeaderAction(Visitor Visit) : Visit(Visit) {}
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI, StringRef) override {
    struct Consumer : ASTConsumer {
      Consumer(Visitor Visit, Preprocessor &PP) : Visit(Visit), PP(PP) {}
      void HandleTranslationUnit(ASTContext &Context) override { Visit(Context, PP); }
      Visitor Visit;
      Preprocessor &PP;
    };
    return std::make_unique<Consumer>(Visit, CI.getPreprocessor());
  }

  Visitor Visit;
};

// True the first time that Index is to hear of the shared header of Invocation.
bool isNewTo(const clang::clangd::FileIndex *Index, const CompilerInvocation &Invocation) {
  static std::mutex Mutex;
  static std::set<std::pair<const void *, std::string>> Known;
  std::lock_guard<std::mutex> Lock(Mutex);
  return Known.insert({Index, Invocation.getPreprocessorOpts().ImplicitPCHInclude}).second;
}

} // namespace

std::string sharedCacheDirectory() { return CacheDir.empty() ? defaultCacheDirectory() : CacheDir; }

void finishSharedHeaders() { headerMaker().finish(); }

void takeSharedHeaderOptions(std::vector<const char *> &Args) {
  IsWanted = sys::Process::GetEnv("TORCH_CLANGD_SHARED_HEADERS").value_or("") != "0";
  erase_if(Args, [](const char *Arg) {
    StringRef Text(Arg);
    if (Text.consume_front("--shared-headers-cache=")) {
      CacheDir = Text.str();
      return true;
    }
    bool IsOff = Text == "--shared-headers=0";
    bool IsOn = Text == "--shared-headers=1" || Text == "--shared-headers";
    if (IsOff || IsOn)
      IsWanted = IsOn;
    return IsOff || IsOn;
  });
}

#define BUILD_PREAMBLE                                                                             \
  "_ZN5clang6clangd13buildPreambleEN4llvm9StringRefENS_18CompilerInvocationERKNS0_11ParseInputsE"  \
  "bSt8functionIFvNS0_14CapturedASTCtxESt10shared_ptrIKNS_15include_cleaner14PragmaIncludesEEEE"   \
  "PNS0_18PreambleBuildStatsE"
using PreamblePtr = std::shared_ptr<const clang::clangd::PreambleData>;
PreamblePtr theirBuildPreamble(StringRef File, CompilerInvocation Invocation,
                               const clang::clangd::ParseInputs &Inputs, bool InMemory,
                               clang::clangd::PreambleParsedCallback Parsed,
                               clang::clangd::PreambleBuildStats *Stats)
    TORCHTIDY_THEIRS(BUILD_PREAMBLE);
PreamblePtr ourBuildPreamble(StringRef File, CompilerInvocation Invocation,
                             const clang::clangd::ParseInputs &Inputs, bool InMemory,
                             clang::clangd::PreambleParsedCallback Parsed,
                             clang::clangd::PreambleBuildStats *Stats)
    TORCHTIDY_OURS(BUILD_PREAMBLE);

PreamblePtr ourBuildPreamble(StringRef File, CompilerInvocation Invocation,
                             const clang::clangd::ParseInputs &Inputs, bool InMemory,
                             clang::clangd::PreambleParsedCallback Parsed,
                             clang::clangd::PreambleBuildStats *Stats) {
  SharedHeader Header = IsWanted ? sharedHeaderFor(File, Inputs) : SharedHeader();
  while (!Header.Path.empty()) {
    // Here, not earlier: clangd clears it when it makes the invocation.
    CompilerInvocation Shared = Invocation;
    Shared.getPreprocessorOpts().ImplicitPCHInclude = Header.Path;
    // The store has compared content and flags; clangd's own settings (comments, inlining) change
    // no meaning.
    Shared.getPreprocessorOpts().DisablePCHOrModuleValidation = DisableValidationForModuleKind::PCH;
    Current = &Header;
    PreamblePtr Made = theirBuildPreamble(File, std::move(Shared), Inputs, InMemory, Parsed, Stats);
    Current = nullptr;
    if (Made)
      return Made;
    if (Header.HasChanged) {
      say("the shared headers of " + File + " have changed");
      Revalidation::forget(Header.Path);
      Header = sharedHeaderFor(File, Inputs);
      continue;
    }
    std::string Why = Header.Misfit.empty() ? "they do not fit it" : Header.Misfit;
    takeFewer(Header);
    say(File +
        (Header.Path.empty() ? " does not start from shared headers: "
                             : " starts from some of its shared headers: ") +
        Why);
  }
  PreamblePtr Made =
      theirBuildPreamble(File, std::move(Invocation), Inputs, InMemory, std::move(Parsed), Stats);
  if (!Header.KeyToMake.empty())
    headerMaker().letStart(Header.KeyToMake);
  return Made;
}

#define BUILD_PRECOMPILED TORCHTIDY_PRECOMPILED_PREAMBLE_BUILD
ErrorOr<PrecompiledPreamble>
theirBuild(const CompilerInvocation &Invocation, const MemoryBuffer *MainFile,
           PreambleBounds Bounds, compat::DiagnosticsArgument Diagnostics,
           IntrusiveRefCntPtr<vfs::FileSystem> FS,
           std::shared_ptr<PCHContainerOperations> Operations, bool InMemory, StringRef Storage,
           PreambleCallbacks &Callbacks) TORCHTIDY_THEIRS(BUILD_PRECOMPILED);
ErrorOr<PrecompiledPreamble>
ourBuild(const CompilerInvocation &Invocation, const MemoryBuffer *MainFile, PreambleBounds Bounds,
         compat::DiagnosticsArgument Diagnostics, IntrusiveRefCntPtr<vfs::FileSystem> FS,
         std::shared_ptr<PCHContainerOperations> Operations, bool InMemory, StringRef Storage,
         PreambleCallbacks &Callbacks) TORCHTIDY_OURS(BUILD_PRECOMPILED);

ErrorOr<PrecompiledPreamble>
ourBuild(const CompilerInvocation &Invocation, const MemoryBuffer *MainFile, PreambleBounds Bounds,
         // NOLINTNEXTLINE(performance-unnecessary-value-param): with LLVM 19 a reference
         compat::DiagnosticsArgument Diagnostics, IntrusiveRefCntPtr<vfs::FileSystem> FS,
         std::shared_ptr<PCHContainerOperations> Operations, bool InMemory, StringRef Storage,
         PreambleCallbacks &Callbacks) {
  if (!Current)
    return theirBuild(Invocation, MainFile, Bounds, Diagnostics, std::move(FS),
                      std::move(Operations), InMemory, Storage, Callbacks);
  if (Current->Files)
    FS = makeIntrusiveRefCnt<KnownFiles>(std::move(FS), Current->Files);
  KeepingCallbacks Keeping(Callbacks, *Current);
  auto Made = theirBuild(Invocation, MainFile, Bounds, Diagnostics, std::move(FS),
                         std::move(Operations), InMemory, Storage, Keeping);
  if (Current->Misfit.empty())
    return Made;
  return std::make_error_code(std::errc::operation_not_supported);
}

#define UPDATE_PREAMBLE                                                                            \
  "_ZN5clang6clangd9FileIndex14updatePreambleEN4llvm9StringRefES3_RNS_10ASTContextERNS_12Prepro"   \
  "cessorERKNS_15include_cleaner14PragmaIncludesE"
void theirUpdatePreamble(clang::clangd::FileIndex *Index, StringRef File, StringRef Version,
                         ASTContext &Context, Preprocessor &PP,
                         const include_cleaner::PragmaIncludes &Includes)
    TORCHTIDY_THEIRS(UPDATE_PREAMBLE);
void ourUpdatePreamble(clang::clangd::FileIndex *Index, StringRef File, StringRef Version,
                       ASTContext &Context, Preprocessor &PP,
                       const include_cleaner::PragmaIncludes &Includes)
    TORCHTIDY_OURS(UPDATE_PREAMBLE);

void ourUpdatePreamble(clang::clangd::FileIndex *Index, StringRef File, StringRef Version,
                       ASTContext &Context, Preprocessor &PP,
                       const include_cleaner::PragmaIncludes &Includes) {
  Kept Alive;
  {
    std::lock_guard<std::mutex> Lock(KeptMutex);
    if (auto It = KeptByContext.find(&Context); It != KeptByContext.end()) {
      Alive = std::move(It->second);
      KeptByContext.erase(It);
    }
  }
  if (Alive.Reader) {
    // The compiler's consumer is gone, and would hear of each declaration that is read from now on.
    Alive.Reader->StartTranslationUnit(nullptr);
    // The project's own declarations are indexed with each file, the shared header's once, by
    // itself: reading them takes as long as parsing them.
    Context.getTranslationUnitDecl()->setHasExternalLexicalStorage(false);
  }
  theirUpdatePreamble(Index, File, Version, Context, PP, Includes);
  if (Alive.Invocation && isNewTo(Index, *Alive.Invocation))
    HeaderAction::run(*Alive.Invocation, [&](ASTContext &Shared, Preprocessor &SharedPP) {
      theirUpdatePreamble(Index, Alive.Invocation->getPreprocessorOpts().ImplicitPCHInclude, "",
                          Shared, SharedPP, Includes);
    });
}

#define UPDATE_MAIN "_ZN5clang6clangd9FileIndex10updateMainEN4llvm9StringRefERNS0_9ParsedASTE"
void theirUpdateMain(clang::clangd::FileIndex *Index, StringRef File, clang::clangd::ParsedAST &AST)
    TORCHTIDY_THEIRS(UPDATE_MAIN);
void ourUpdateMain(clang::clangd::FileIndex *Index, StringRef File, clang::clangd::ParsedAST &AST)
    TORCHTIDY_OURS(UPDATE_MAIN);

// Indexing a file's own symbols asks for the comments of each, and the first question reads all
// comments of all headers, at each keystroke. Those beside a declaration in a header are in the
// index of headers, which is merged with this one.
void ourUpdateMain(clang::clangd::FileIndex *Index, StringRef File, clang::clangd::ParsedAST &AST) {
  ASTContext &Context = AST.getASTContext();
  bool AreUnread = IsWanted && !Context.CommentsLoaded;
  if (AreUnread)
    Context.CommentsLoaded = true;
  theirUpdateMain(Index, File, AST);
  if (!AreUnread)
    return;
  Context.CommentsLoaded = false;
  // What was not found may be found when all is read.
  Context.DeclRawComments.clear();
  Context.RedeclChainComments.clear();
  Context.CommentlessRedeclChains.clear();
}

} // namespace torchtidy
