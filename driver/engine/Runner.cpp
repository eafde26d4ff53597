#include "engine/Runner.h"
#include "clang-tidy/ClangTidyModule.h"
#include "engine/Dependencies.h"
#include "engine/JoinedMacros.h"
#include "engine/Scan.h"
#include "support/Clang.h"
#include "support/CudaCommand.h"
#include "support/Digest.h"
#include "support/FilePaths.h"
#include "support/ResourceDirectory.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "clang/Lex/PreprocessorOptions.h"
#include <chrono>
#include <unistd.h>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

// Runs Work and notes in its result, at Where, how long it took.
template <typename Fn> UnitResult timed(double UnitResult::*Where, Fn Work) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point Start = Clock::now();
  UnitResult Result = Work();
  Result.*Where = std::chrono::duration<double>(Clock::now() - Start).count();
  return Result;
}

// Gathers the project's top-level declarations and shows the checks nothing else. A namespace that
// is reopened comes once for each time, with the declarations of that time only.
class ScopeConsumer : public clang::ASTConsumer {
public:
  // Visit is called on each when all are parsed.
  ScopeConsumer(std::shared_ptr<ProjectLocations> IsProject,
                std::function<void(const clang::Decl *)> Visit)
      : IsProject(std::move(IsProject)), Visit(std::move(Visit)) {}

  bool HandleTopLevelDecl(clang::DeclGroupRef Group) override {
    for (clang::Decl *D : Group)
      if (IsProject->isTopLevel(D))
        Decls.push_back(D);
    return true;
  }

  // Declarations that come out of the precompiled header.
  void HandleInterestingDecl(clang::DeclGroupRef) override {}

  void HandleTranslationUnit(clang::ASTContext &Context) override {
    for (const clang::Decl *D : Decls)
      Visit(D);
    Context.setTraversalScope(Decls);
  }

private:
  std::shared_ptr<ProjectLocations> IsProject;
  std::function<void(const clang::Decl *)> Visit;
  std::vector<clang::Decl *> Decls;
};

// Notes down the includes that find nothing, and where the header could appear.
class MissingIncludes : public clang::PPCallbacks {
public:
  MissingIncludes(clang::Preprocessor &PP, StringRef Directory, std::set<std::string> &Absent)
      : PP(PP), Directory(Directory), Absent(Absent) {}

  void InclusionDirective(clang::SourceLocation HashLoc, const clang::Token &, StringRef FileName,
                          bool, clang::CharSourceRange, clang::OptionalFileEntryRef File, StringRef,
                          StringRef, const clang::Module *, bool,
                          clang::SrcMgr::CharacteristicKind) override {
    if (File)
      return;
    const clang::SourceManager &SM = PP.getSourceManager();
    if (auto Includer = SM.getFileEntryRefForID(SM.getFileID(SM.getExpansionLoc(HashLoc))))
      add(sys::path::parent_path(Includer->getName()), FileName);
    const clang::HeaderSearch &Search = PP.getHeaderSearchInfo();
    for (const clang::DirectoryLookup &Dir : Search.search_dir_range())
      add(Dir.getName(), FileName);
    for (const auto &Entry : Search.getHeaderSearchOpts().UserEntries)
      add(Entry.Path, FileName); // Search knows those that are there
  }

private:
  void add(StringRef Dir, StringRef FileName) {
    Absent.insert(absoluteIn(absoluteIn(Directory, Dir), FileName));
  }

  clang::Preprocessor &PP;
  std::string Directory;
  std::set<std::string> &Absent;
};

// Also notes down what NOLINT comments take away, and whether clang could read all.
class RecordingConsumer : public ClangTidyDiagnosticConsumer {
public:
  RecordingConsumer(ClangTidyContext &Context, StringRef Directory, bool UnsafeFixes)
      : ClangTidyDiagnosticConsumer(Context, /*ExternalDiagEngine=*/nullptr,
                                    /*RemoveIncompatibleErrors=*/true, UnsafeFixes),
        Context(Context), Directory(Directory) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override {
    // Read first: LLVM 19 clears the diagnostic where a comment takes it away.
    std::string Rule = Context.getCheckName(Info.getID());
    // A warning that is an error by default, or by -Werror: other compilers take such code.
    if (Level == clang::DiagnosticsEngine::Error)
      if (StringRef Group = compat::warningGroupOf(Info);
          !Group.empty() && !Context.isCheckEnabled(("clang-diagnostic-" + Group).str()))
        Level = clang::DiagnosticsEngine::Warning;
    HasErrors |= Level >= clang::DiagnosticsEngine::Error && compat::warningGroupOf(Info).empty();
    bool HasPlace = Info.hasSourceManager() && Info.getLocation().isValid();
    const clang::SourceManager *SM = HasPlace ? &Info.getSourceManager() : nullptr;
    clang::SourceLocation Loc = Info.getLocation();
    unsigned Before = Context.getStats().ErrorsIgnoredNOLINT;
    ClangTidyDiagnosticConsumer::HandleDiagnostic(Level, Info);
    bool IsTakenAway = Context.getStats().ErrorsIgnoredNOLINT > Before;
    if (IsTakenAway && HasPlace && Level != clang::DiagnosticsEngine::Note && !Rule.empty())
      record(Rule, *SM, Loc);
  }

  std::vector<SuppressedDiagnostic> takeSuppressed() { return std::move(Suppressed); }
  bool hasErrors() const { return HasErrors; }

private:
  // The comment may stand where a macro is used as well as in its body.
  void record(const std::string &Rule, const clang::SourceManager &SM, clang::SourceLocation Loc) {
    while (true) {
      clang::SourceLocation Spelling = SM.getSpellingLoc(Loc);
      if (auto File = SM.getFileEntryRefForID(SM.getFileID(Spelling)))
        Suppressed.push_back(
            {Rule, absoluteIn(Directory, File->getName()), SM.getSpellingLineNumber(Spelling)});
      if (!Loc.isMacroID())
        return;
      Loc = SM.getImmediateExpansionRange(Loc).getBegin();
    }
  }

  ClangTidyContext &Context;
  std::string Directory;
  std::vector<SuppressedDiagnostic> Suppressed;
  bool HasErrors = false;
};

// Calls its function when all is parsed.
class EndConsumer : public clang::ASTConsumer {
public:
  explicit EndConsumer(std::function<void(clang::ASTContext &)> AtEnd) : AtEnd(std::move(AtEnd)) {}
  void HandleTranslationUnit(clang::ASTContext &Context) override { AtEnd(Context); }
  void HandleInterestingDecl(clang::DeclGroupRef) override {}

private:
  std::function<void(clang::ASTContext &)> AtEnd;
};

// Of a CUDA source the host side is read. What device code needs declared need not be there.
class DeviceBodies : public clang::ASTConsumer {
  bool shouldSkipFunctionBody(clang::Decl *D) override {
    const clang::FunctionDecl *F = D->getAsFunction();
    return F && (F->hasAttr<clang::CUDAGlobalAttr>() ||
                 (F->hasAttr<clang::CUDADeviceAttr>() && !F->hasAttr<clang::CUDAHostAttr>()));
  }
};

// Runs the enabled checks over one unit, with or without a preamble.
class CheckAction : public clang::ASTFrontendAction {
public:
  CheckAction(ClangTidyContext &Context, const ProjectScope &Scope, const Unit &U,
              ArrayRef<HeavyHeader> Headers, HeaderIdentifiers Mentioned, bool WholeUnit,
              NoteMaker MakeNotes)
      : Factory(Context), Scope(Scope), U(U), Directory(U.Directory), IsShared(!Headers.empty()),
        Fit(Headers.vec(), std::move(Mentioned)), WholeUnit(WholeUnit),
        MakeNotes(std::move(MakeNotes)) {}

  // Why the preamble did not fit after all; empty if it did.
  std::string misfit() const { return Fit.misfit(); }
  std::vector<HeavyHeader> fitting() const { return Fit.fitting(); }

  // An include finds nothing, which a parse without the preamble would meet as well.
  bool isMissingInclude() const { return !Absent.empty() && !Fit.hasEarlyText(); }
  const std::set<std::string> &absent() const { return Absent; }
  json::Value takeNotes() { return std::move(Notes); }
  // The joined files met a macro that is not theirs.
  bool isJoinedWrongly() const { return !ForeignMacro.empty(); }

private:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef File) override {
    auto IsProject = std::make_shared<ProjectLocations>(CI.getSourceManager(), Scope, Directory);
    CI.getPreprocessor().addPPCallbacks(
        std::make_unique<MissingIncludes>(CI.getPreprocessor(), Directory, Absent));
    if (IsShared)
      Fit.watch(CI.getPreprocessor(), IsProject);
    if (!U.Joined.empty())
      CI.getPreprocessor().addPPCallbacks(
          std::make_unique<JoinedMacros>(CI.getSourceManager(), Scope, U, ForeignMacro));
    auto Tidy = Factory.createASTConsumer(CI, File);
    std::vector<std::unique_ptr<clang::ASTConsumer>> Consumers;
    if (CI.getLangOpts().CUDA)
      Consumers.push_back(std::make_unique<DeviceBodies>());
    if (!WholeUnit)
      Consumers.push_back(
          std::make_unique<ScopeConsumer>(IsProject, [this](const clang::Decl *D) { Fit.see(D); }));
    if (MakeNotes)
      Consumers.push_back(std::make_unique<EndConsumer>([this](clang::ASTContext &Context) {
        if (!Context.getDiagnostics().hasUncompilableErrorOccurred())
          FinishNotes = MakeNotes(Context);
      }));
    Consumers.push_back(std::move(Tidy));
    if (MakeNotes)
      Consumers.push_back(std::make_unique<EndConsumer>([this](clang::ASTContext &) {
        if (FinishNotes)
          Notes = FinishNotes();
        FinishNotes = nullptr;
      }));
    return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
  }

  ClangTidyASTConsumerFactory Factory;
  const ProjectScope &Scope;
  const Unit &U;
  std::string Directory, ForeignMacro;
  bool IsShared;
  HeaderFit Fit;
  bool WholeUnit;
  NoteMaker MakeNotes;
  std::function<json::Value()> FinishNotes;
  json::Value Notes = nullptr;
  std::set<std::string> Absent; // where headers that an include does not find could be
};

} // namespace

static void usePreamble(clang::CompilerInvocation &Invocation, StringRef Preamble) {
  Invocation.getPreprocessorOpts().ImplicitPCHInclude = Preamble.str();
  // The store has compared the headers' content already; a newer time alone means nothing.
  Invocation.getHeaderSearchOpts().ValidateASTInputFilesContent = true;
  // As the preamble was made.
  Invocation.getLangOpts().RetainCommentsFromSystemHeaders = true;
  Invocation.getLangOpts().CommentOpts.ParseAllComments = true;
}

// A new member does not compile until it has its place here.
std::vector<std::string> RunnerOptions::keyItems() const {
  const auto &[ExtraArgs, ProjectRoots, IsPlain, HasUnsafeFixes] = *this;
  const auto &[Before, After] = ExtraArgs;
  std::vector<std::string> Items;
  for (const std::vector<std::string> *List : {&Before, &After, &ProjectRoots}) {
    append_range(Items, *List);
    Items.push_back("--");
  }
  Items.push_back(IsPlain ? "plain" : "shared");
  Items.push_back(HasUnsafeFixes ? "unsafe" : "safe");
  return Items;
}

std::shared_ptr<clang::CompilerInvocation> Runner::invocationFor(const Unit &U,
                                                                 UnitResult &Result) {
  if (auto Readable = MemoryBuffer::getFile(U.File, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
      !Readable) {
    Result.Failure = Readable.getError() == std::errc::no_such_file_or_directory
                         ? "the compilation database lists it, but it is gone. Next: configure the "
                           "build again"
                         : "cannot be read: " + Readable.getError().message() +
                               ". Next: look at its permissions";
    return nullptr;
  }
  ExtraArguments Extra = Options.Extra;
  ClangTidyOptions Config = MakeProvider()->getOptions(U.File);
  if (Config.ExtraArgsBefore)
    Extra.Before.insert(Extra.Before.end(), Config.ExtraArgsBefore->begin(),
                        Config.ExtraArgsBefore->end());
  if (Config.ExtraArgs)
    Extra.After.insert(Extra.After.end(), Config.ExtraArgs->begin(), Config.ExtraArgs->end());
  auto Arguments = adjustedCommandLine(U, Extra, Result.DroppedFlags);
  clang::TextDiagnosticBuffer Diags;
  auto Invocation = makeInvocation(Arguments, makeFileSystem(U), &Diags);
  if (Invocation && Invocation->getLangOpts().CUDA)
    Invocation->getFrontendOpts().SkipFunctionBodies = true; // as DeviceBodies says
  // "unknown argument: '-fwhat'"
  for (auto It = Diags.err_begin(); It != Diags.err_end(); ++It)
    if (StringRef Message = It->second; Message.starts_with("unknown argument"))
      Result.DroppedFlags.push_back(Message.split('\'').second.split('\'').first.str());
  if (!Invocation) {
    Result.Failure = "clang cannot make sense of its compile command";
    if (Diags.err_begin() != Diags.err_end())
      Result.Failure += ": " + Diags.err_begin()->second;
    Result.Failure += ". Next: look at its entry in compile_commands.json";
    return nullptr;
  }
  Scope.addSearchPaths(Invocation->getHeaderSearchOpts(), U.Directory);
  return Invocation;
}

const FileTexts &Runner::textsFor(const Unit &U, const clang::CompilerInvocation &Invocation,
                                  OwnTexts &Own, bool WithJoined) const {
  bool IsCuda = Invocation.getLangOpts().CUDA;
  if (!IsCuda && (!WithJoined || U.Joined.empty()))
    return Texts;
  std::string Path = realPath(U.File);
  auto Given = Texts.find(Path);
  auto OnDisk = MemoryBuffer::getFile(Path);
  if (!OnDisk)
    return Texts;
  StringRef Text = Given == Texts.end() ? (*OnDisk)->getBuffer() : StringRef(Given->second);
  std::string Read = IsCuda ? withLaunchBrackets(Text) : Text.str();
  if (WithJoined)
    for (const std::string &File : U.Joined)
      Read += "\n\n#include \"" + File + "\"\n";
  if (Read == Text)
    return Texts;
  if (Given == Texts.end())
    Own.Digest = hexDigest(Text), Own.Size = Text.size();
  Own.Texts = Texts;
  Own.Texts[Path] = std::move(Read);
  return Own.Texts;
}

PreambleRequest Runner::requestFor(const Unit &U, const clang::CompilerInvocation &Invocation,
                                   std::vector<HeavyHeader> Headers) const {
  auto Shared = std::make_shared<clang::CompilerInvocation>(Invocation);
  Scope.dropProjectSearchPaths(Shared->getHeaderSearchOpts(), U.Directory);
  std::set<std::string> ProjectDirs;
  for (const auto &Entry : Shared->getHeaderSearchOpts().UserEntries)
    if (std::string Dir = absoluteIn(U.Directory, Entry.Path); Scope.isProject(Dir, U.Directory))
      ProjectDirs.insert(std::move(Dir));
  return {std::move(Shared), U.Directory, std::move(Headers), std::move(ProjectDirs)};
}

UnitResult Runner::plan(const Unit &U) {
  return timed(&UnitResult::ScanSeconds, [&] { return doPlan(U); });
}

UnitResult Runner::buildPreamble(const Unit &U, const UnitPlan &Plan) {
  return timed(&UnitResult::PreambleSeconds, [&] { return doBuild(U, Plan); });
}

UnitResult Runner::check(const Unit &U, const UnitPlan &Plan) {
  return timed(&UnitResult::ParseSeconds, [&] { return doCheck(U, Plan); });
}

std::vector<std::string> Runner::projectFiles(const Unit &U) {
  UnitResult Ignored;
  auto Invocation = invocationFor(U, Ignored);
  if (!Invocation)
    return {};
  OwnTexts Own;
  return scanUnit(U, *Invocation, Scope, *Graphs, textsFor(U, *Invocation, Own, true)).ProjectFiles;
}

std::string Runner::misfit(const Unit &U, const UnitPlan &Plan) {
  UnitResult Ignored;
  auto Invocation = invocationFor(U, Ignored);
  if (!Invocation)
    return Ignored.Failure;
  usePreamble(*Invocation, Store->pathOf(Plan.PreambleKey));
  Invocation->getFrontendOpts().SkipFunctionBodies = true;
  ClangTidyContext Context(MakeProvider());
  Context.setCurrentFile(U.File);
  clang::IgnoringDiagConsumer Silent;
  compat::Diagnostics Diags(&Silent);
  compat::setDiagnosticsEngine(Context, Diags);
  OwnTexts Own;
  const FileTexts &Read = textsFor(U, *Invocation, Own, true);
  auto Compiler = compat::makeCompiler(Invocation, withTexts(makeFileSystem(U), Read), &Silent);
  CheckAction Action(Context, Scope, U, Plan.Headers, Store->identifiers(Plan.PreambleKey),
                     /*WholeUnit=*/false, {});
  Compiler->ExecuteAction(Action);
  return Action.misfit();
}

std::unique_ptr<HeaderFit> Runner::fitOf(const UnitPlan &Plan) const {
  return std::make_unique<HeaderFit>(Plan.Headers, Store->identifiers(Plan.PreambleKey));
}

UnitResult Runner::doPlan(const Unit &U) {
  UnitResult Result;
  auto Invocation = invocationFor(U, Result);
  if (!Invocation || Options.Plain)
    return Result;
  OwnTexts Own;
  // Headers that only joined files want come behind the unit's code: too late to be shared.
  ScanResult Scan = scanUnit(U, *Invocation, Scope, *Graphs, textsFor(U, *Invocation, Own, false));
  Result.Plan.PlainReason = Scan.PlainReason;
  if (Scan.Heavy.empty())
    return Result;
  if (!Store) {
    Result.Plan.PlainReason = "there is no place for shared headers";
    return Result;
  }
  Result.Plan.PlainReason.clear();
  Result.Plan.Headers = Scan.Heavy;
  Result.Plan.EarlyMacros = std::move(Scan.EarlyMacros);
  Result.Plan.PreambleKey = PreambleStore::key(requestFor(U, *Invocation, Scan.Heavy));
  return Result;
}

UnitResult Runner::doBuild(const Unit &U, const UnitPlan &Plan) {
  UnitResult Result;
  auto Invocation = invocationFor(U, Result);
  if (!Invocation)
    return Result;
  auto Built = Store->build(requestFor(U, *Invocation, Plan.Headers), Plan.PreambleKey);
  if (!Built)
    Result.Failure = toString(Built.takeError());
  return Result;
}

UnitPlan Runner::fewer(const Unit &U, const UnitPlan &Plan, ArrayRef<HeavyHeader> Fitting) {
  UnitResult Ignored;
  auto Invocation = invocationFor(U, Ignored);
  return Invocation ? fewer(U, *Invocation, Plan, Fitting) : UnitPlan();
}

UnitPlan Runner::fewer(const Unit &U, const clang::CompilerInvocation &Invocation,
                       const UnitPlan &Plan, ArrayRef<HeavyHeader> Fitting) const {
  UnitPlan Fewer;
  // In the order of the plan, as another unit's that has these alone.
  copy_if(Plan.Headers, std::back_inserter(Fewer.Headers), [&](const HeavyHeader &H) {
    return any_of(Fitting, [&](const HeavyHeader &Fits) { return Fits.Path == H.Path; });
  });
  if (Fewer.Headers.empty() || Fewer.Headers.size() >= Plan.Headers.size())
    return {};
  Fewer.PreambleKey = PreambleStore::key(requestFor(U, Invocation, Fewer.Headers));
  return Fewer;
}

UnitResult Runner::doCheck(const Unit &U, const UnitPlan &Plan) {
  UnitResult Result;
  auto Invocation = invocationFor(U, Result);
  if (!Invocation)
    return Result;
  Result.Plan = Plan;
  for (UnitPlan Next = Plan; !Next.PreambleKey.empty();) {
    HeaderIdentifiers Mentioned = Store->identifiers(Next.PreambleKey);
    if (Next.Headers.size() == 1) // of several some may be included before the macro
      if (auto Macro = find_if(Next.EarlyMacros,
                               [&](const EarlyMacro &M) { return Mentioned.contains(M.Name); });
          Macro != Next.EarlyMacros.end()) {
        Result.Plan = UnitPlan::plain(Macro->Text + " stands before the shared headers");
        break;
      }
    UnitResult Shared = Result;
    Shared.Plan = Next;
    if (parse(U, *Invocation, Store->pathOf(Next.PreambleKey), Mentioned, Shared)) {
      if (const PreambleHeaders *Headers = Store->headers(Next.PreambleKey))
        Shared.PreambleContent = Headers->Content;
      return Shared;
    }
    Result.Plan = UnitPlan::plain(Shared.Plan.PlainReason);
    Next = fewer(U, *Invocation, Next, Shared.Plan.Headers);
    if (Next.PreambleKey.empty())
      break;
    UnitResult Built = buildPreamble(U, Next);
    Result.PreambleSeconds += Built.PreambleSeconds;
    if (!Built.Failure.empty())
      break;
  }
  parse(U, *Invocation, "", {}, Result);
  return Result;
}

// Reads and removes what clang-tidy left: {"profile": {"time.clang-tidy.<check>.wall": seconds,
// …}}.
static std::map<std::string, double> takeProfile(StringRef Directory) {
  std::map<std::string, double> Result;
  std::error_code EC;
  for (sys::fs::directory_iterator It(Directory, EC), End; It != End && !EC; It.increment(EC)) {
    auto Buffer = MemoryBuffer::getFile(It->path());
    auto Value = Buffer ? json::parse((*Buffer)->getBuffer()) : json::Value(nullptr);
    (void)sys::fs::remove(It->path());
    if (!Value) {
      consumeError(Value.takeError());
      continue;
    }
    const json::Object *Profile =
        Value->getAsObject() ? Value->getAsObject()->getObject("profile") : nullptr;
    if (!Profile)
      continue;
    for (const auto &[Key, Seconds] : *Profile) {
      StringRef Name = Key;
      if (Name.consume_front("time.clang-tidy.") && Name.consume_back(".wall"))
        Result[Name.str()] += Seconds.getAsNumber().value_or(0);
    }
  }
  return Result;
}

// False if the preamble turned out not to fit; Result is then to be thrown away but for its plan,
// which has the reason and the headers that would fit.
bool Runner::parse(const Unit &U, const clang::CompilerInvocation &Original, StringRef Preamble,
                   const HeaderIdentifiers &Mentioned, UnitResult &Result) {
  auto Invocation = std::make_shared<clang::CompilerInvocation>(Original);
  if (!Preamble.empty())
    usePreamble(*Invocation, Preamble);
  std::string ProfileDir;
  if (Profile.Wanted) {
    ProfileDir = joinPath(Profile.Directory, std::to_string(::getpid()));
    (void)sys::fs::create_directories(ProfileDir);
  }
  // On a full disk clang-tidy would end the process.
  auto Space = sys::fs::disk_space(ProfileDir);
  bool IsTimed = Profile.Wanted && Space && Space->available > (1 << 20);
  {
    ClangTidyContext Context(MakeProvider());
    // LLVM 19's consumer takes its filters of headers from what is set when it is made: else the
    // configuration of the working directory.
    Context.setCurrentFile(U.File);
    Context.setEnableProfiling(IsTimed);
    Context.setProfileStoragePrefix(ProfileDir);
    RecordingConsumer Consumer(Context, U.Directory, Options.UnsafeFixes);
    compat::Diagnostics Diags(&Consumer);
    compat::setDiagnosticsEngine(Context, Diags);
    OwnTexts Own;
    const FileTexts &Read = textsFor(U, *Invocation, Own, true);
    auto Compiler = compat::makeCompiler(Invocation, withTexts(makeFileSystem(U), Read), &Consumer);
    CheckAction Action(Context, Scope, U, Result.Plan.Headers, Mentioned, Options.Plain,
                       U.Joined.empty() ? MakeNotes : NoteMaker());
    Compiler->ExecuteAction(Action);
    bool Ok = !Consumer.hasErrors() && !Action.isJoinedWrongly();
    Result.ParseFailed = !Ok;
    // An error may come from the preamble itself: let the plain parse have the word.
    if (!Preamble.empty() && !Action.isJoinedWrongly() && !(!Ok && Action.isMissingInclude())) {
      Result.Plan.PlainReason = !Ok ? "errors while using the shared headers" : Action.misfit();
      if (!Result.Plan.PlainReason.empty()) {
        Result.Plan.Headers = Action.fitting();
        return false;
      }
    }
    Result.Diagnostics = Consumer.take();
    Result.Suppressed = Consumer.takeSuppressed();
    if (Ok)
      Result.Notes = Action.takeNotes();
    if (Compiler->hasSourceManager())
      Result.Dependencies =
          collectDependencies(Compiler->getSourceManager(), Invocation->getHeaderSearchOpts(),
                              Result.Plan.Headers, Scope, U.Directory);
    for (const std::string &Path : Action.absent())
      Result.Dependencies.push_back(describeAbsence(Path));
    // The result holds for the file, not for what was made of it.
    if (!Own.Digest.empty())
      for (Dependency &D : Result.Dependencies)
        if (!D.IsDirectory && !D.IsAbsent && realPath(D.Path) == realPath(U.File))
          D.Digest = Own.Digest, D.Size = Own.Size, D.Time = 0;
    // The file's time says nothing of a text that is not on the disk yet.
    if (!Texts.empty())
      for (Dependency &D : Result.Dependencies)
        if (Texts.count(realPath(D.Path)))
          D.Time = 0;
  }
  if (IsTimed)
    Result.CheckSeconds = takeProfile(ProfileDir);
  return true;
}

} // namespace torchtidy
