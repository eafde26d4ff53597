#include "engine/Runner.h"
#include "Clang.h"
#include "clang-tidy/ClangTidyModule.h"
#include "engine/HoistGuard.h"
#include "engine/Scan.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Lex/PreprocessorOptions.h"
#include <chrono>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

class Stopwatch {
public:
  explicit Stopwatch(double &Total) : Total(Total), Start(Clock::now()) {}
  ~Stopwatch() { Total += std::chrono::duration<double>(Clock::now() - Start).count(); }

private:
  using Clock = std::chrono::steady_clock;
  double &Total;
  Clock::time_point Start;
};

// Tells, file by file, whether a location is spelled in the project.
class ProjectLocations {
public:
  ProjectLocations(const clang::SourceManager &SM, const ProjectScope &Scope, StringRef Directory)
      : SM(SM), Scope(Scope), Directory(Directory) {}

  bool operator()(clang::SourceLocation Loc) {
    clang::FileID ID = SM.getFileID(SM.getExpansionLoc(Loc));
    auto [It, New] = Known.try_emplace(ID, false);
    if (New)
      if (auto File = SM.getFileEntryRefForID(ID))
        It->second = Scope.isProject(File->getName(), Directory);
    return It->second;
  }

private:
  const clang::SourceManager &SM;
  const ProjectScope &Scope;
  std::string Directory;
  DenseMap<clang::FileID, bool> Known;
};

// Gathers the project's top-level declarations and shows the checks nothing else. A namespace that
// is reopened comes once for each time, with the declarations of that time only.
class ScopeConsumer : public clang::ASTConsumer {
public:
  ScopeConsumer(std::shared_ptr<ProjectLocations> IsProject) : IsProject(std::move(IsProject)) {}

  bool HandleTopLevelDecl(clang::DeclGroupRef Group) override {
    for (clang::Decl *D : Group)
      // Sema hands instantiated functions to this hook as well; they are reached through their
      // templates.
      if (D->getLexicalDeclContext()->isTranslationUnit() && !isInstantiation(D) &&
          (*IsProject)(D->getBeginLoc()))
        Decls.push_back(D);
    return true;
  }

  // Declarations that come out of the precompiled header.
  void HandleInterestingDecl(clang::DeclGroupRef) override {}

  void HandleTranslationUnit(clang::ASTContext &Context) override {
    Context.setTraversalScope(Decls);
  }

private:
  static bool isInstantiation(const clang::Decl *D) {
    if (const auto *F = dyn_cast<clang::FunctionDecl>(D))
      return F->getTemplateSpecializationKind() == clang::TSK_ImplicitInstantiation;
    if (const auto *V = dyn_cast<clang::VarDecl>(D))
      return V->getTemplateSpecializationKind() == clang::TSK_ImplicitInstantiation;
    return false;
  }

  std::shared_ptr<ProjectLocations> IsProject;
  std::vector<clang::Decl *> Decls;
};

// Runs the enabled checks over one unit, with or without a preamble.
class CheckAction : public clang::ASTFrontendAction {
public:
  CheckAction(ClangTidyContext &Context, const ProjectScope &Scope, StringRef Directory,
              ArrayRef<HeavyHeader> Headers, bool WholeUnit)
      : Factory(Context), Scope(Scope), Directory(Directory), Headers(Headers),
        WholeUnit(WholeUnit) {}

  // Why the preamble did not fit after all; empty if it did.
  std::string misfit() const {
    if (Headers.empty())
      return "";
    if (!Guard.reason().empty())
      return (Guard.reason() + " stands before the shared headers").str();
    return Reached.size() == Headers.size() ? "" : "a shared header was not reached";
  }

private:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef File) override {
    auto IsProject = std::make_shared<ProjectLocations>(CI.getSourceManager(), Scope, Directory);
    if (!Headers.empty())
      watch(CI.getPreprocessor(), IsProject);
    auto Tidy = Factory.createASTConsumer(CI, File);
    if (WholeUnit)
      return Tidy;
    std::vector<std::unique_ptr<clang::ASTConsumer>> Consumers;
    Consumers.push_back(std::make_unique<ScopeConsumer>(IsProject));
    Consumers.push_back(std::move(Tidy));
    return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
  }

  void watch(clang::Preprocessor &PP, std::shared_ptr<ProjectLocations> IsProject) {
    Guard.install(
        PP, [IsProject](clang::SourceLocation Loc) { return (*IsProject)(Loc); },
        [this](StringRef, clang::FileEntryRef File, auto) {
          for (const HeavyHeader &H : Headers)
            if (H.Path == File.getName() || H.Path == File.getNameAsRequested())
              Reached.insert(H.Path);
          if (Reached.size() == Headers.size())
            Guard.finish();
        });
  }

  ClangTidyASTConsumerFactory Factory;
  const ProjectScope &Scope;
  std::string Directory;
  ArrayRef<HeavyHeader> Headers;
  bool WholeUnit;
  HoistGuard Guard;
  StringSet<> Reached;
};

} // namespace

UnitResult Runner::run(const Unit &U) {
  UnitResult Result;
  clang::IgnoringDiagConsumer Ignore;
  ExtraArguments Extra = Options.Extra;
  {
    ClangTidyOptions Config = MakeProvider()->getOptions(U.File);
    if (Config.ExtraArgsBefore)
      Extra.Before.insert(Extra.Before.end(), Config.ExtraArgsBefore->begin(),
                          Config.ExtraArgsBefore->end());
    if (Config.ExtraArgs)
      Extra.After.insert(Extra.After.end(), Config.ExtraArgs->begin(), Config.ExtraArgs->end());
  }
  auto Arguments = adjustedCommandLine(U, Extra, Result.DroppedFlags);
  auto Invocation = makeInvocation(Arguments, makeFileSystem(U), &Ignore);
  if (!Invocation) {
    Result.Failure = "clang cannot make sense of its compile command: " + join(Arguments, " ");
    return Result;
  }
  Scope.addSearchPaths(Invocation->getHeaderSearchOpts(), U.Directory);

  std::vector<HeavyHeader> Headers;
  std::string Preamble;
  if (!Options.Plain)
    Preamble = preambleFor(U, Invocation, Result, Headers);
  if (!Preamble.empty()) {
    UnitResult Shared = Result;
    if (parse(U, *Invocation, Preamble, Headers, Shared))
      return Shared;
    Result.PlainReason = Shared.PlainReason;
  }
  parse(U, *Invocation, "", {}, Result);
  return Result;
}

std::string Runner::preambleFor(const Unit &U,
                                std::shared_ptr<clang::CompilerInvocation> Invocation,
                                UnitResult &Result, std::vector<HeavyHeader> &Headers) {
  ScanResult Scan;
  {
    Stopwatch Watch(Result.ScanSeconds);
    Scan = scanUnit(U, *Invocation, Scope);
  }
  if (Scan.Heavy.empty()) {
    Result.PlainReason = Scan.PlainReason;
    return "";
  }
  if (!Store) {
    Result.PlainReason = "no cache";
    return "";
  }
  PreambleRequest Request{Invocation, U.Directory, Scan.Heavy};
  Headers = Scan.Heavy;
  Stopwatch Watch(Result.PreambleSeconds);
  std::string Key = PreambleStore::key(Request);
  if (std::string Ready = Store->find(Key); !Ready.empty())
    return Ready;
  auto Built = Store->build(Request, Key);
  if (Built)
    return *Built;
  Result.PlainReason = toString(Built.takeError());
  return "";
}

bool Runner::parse(const Unit &U, const clang::CompilerInvocation &Original, StringRef Preamble,
                   ArrayRef<HeavyHeader> Headers, UnitResult &Result) {
  Stopwatch Watch(Result.ParseSeconds);
  auto Invocation = std::make_shared<clang::CompilerInvocation>(Original);
  // Keeps "2 warnings generated." from standard error.
  Invocation->getDiagnosticOpts().ShowCarets = false;
  if (!Preamble.empty()) {
    Invocation->getPreprocessorOpts().ImplicitPCHInclude = Preamble.str();
    // The store has compared the headers' content already; a newer time alone means nothing.
    Invocation->getHeaderSearchOpts().ValidateASTInputFilesContent = true;
  }
  ClangTidyContext Context(MakeProvider());
  ClangTidyDiagnosticConsumer Consumer(Context, /*ExternalDiagEngine=*/nullptr,
                                       /*RemoveIncompatibleErrors=*/true,
                                       Options.GetFixesFromNotes);
  compat::Diagnostics Diags(&Consumer);
  compat::setDiagnosticsEngine(Context, Diags);
  auto Compiler = compat::makeCompiler(Invocation, makeFileSystem(U), &Consumer);
  CheckAction Action(Context, Scope, U.Directory, Headers, Options.Plain);
  bool Ok = Compiler->ExecuteAction(Action);
  Ok &= !Compiler->getDiagnostics().hasErrorOccurred();
  Result.ParseFailed = !Ok;
  Result.PlainReason = Preamble.empty() ? Result.PlainReason : Action.misfit();
  // An error may come from the preamble itself: let the plain parse have the word.
  if (!Preamble.empty() && (!Ok || !Result.PlainReason.empty())) {
    if (Result.PlainReason.empty())
      Result.PlainReason = "errors while using the shared headers";
    return false;
  }
  Result.Findings = Consumer.take();
  Result.Stats = Context.getStats();
  return true;
}

} // namespace torchtidy
