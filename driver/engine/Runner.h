// Checks one unit: against a shared preamble where that changes nothing, else the plain way.
#ifndef TORCHTIDY_DRIVER_ENGINE_RUNNER_H
#define TORCHTIDY_DRIVER_ENGINE_RUNNER_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "engine/HeaderFit.h"
#include "engine/IncludeGraph.h"
#include "engine/Invocation.h"
#include "engine/PatchedFiles.h"
#include "engine/Preamble.h"
#include "engine/ProjectScope.h"
#include "engine/Unit.h"
#include "engine/UnitResult.h"
#include <functional>

namespace torchtidy {

using OptionsProviderFactory =
    std::function<std::unique_ptr<clang::tidy::ClangTidyOptionsProvider>()>;

// What decides a unit's result beside the unit itself, its configuration and the files that it
// reads: all of it is part of the key under which the result is remembered.
struct RunnerOptions {
  ExtraArguments Extra;
  std::vector<std::string> Roots; // of the projects that are checked
  bool Plain = false;             // no preamble, whole-unit traversal: as clang-tidy does it
  bool UnsafeFixes = false;       // keep those on notes

  // For the key, item by item; a path stands in an item of its own.
  std::vector<std::string> keyItems() const;
};

// What else is to be noted of a unit that compiles: called before the checks see it; what that
// returns is called after them.
using NoteMaker = std::function<std::function<llvm::json::Value()>(clang::ASTContext &)>;

// What changes no result.
struct ProfileOptions {
  bool Wanted = false;
  std::string Directory; // where clang-tidy may leave its check times
};

// The three steps of checking a unit. They share no state but what they return, so that each may
// run in another process.
class Runner {
public:
  // Store: null for no place for preambles.
  Runner(RunnerOptions Options, OptionsProviderFactory MakeProvider, const PreambleStore *Store,
         ProfileOptions Profile = {})
      : Options(std::move(Options)), Profile(std::move(Profile)),
        MakeProvider(std::move(MakeProvider)), Scope(this->Options.Roots), Store(Store) {}

  // From now on, results have notes.
  void takeNotes(NoteMaker Maker) { MakeNotes = std::move(Maker); }

  // From now on, files hold these texts, whatever is on the disk.
  void readInPlace(FileTexts Given) { Texts = std::move(Given); }

  // Keeps in Shared what is found out of external headers. Not to be used by two threads at once.
  void shareGraphs(std::shared_ptr<IncludeGraphs> Shared) { Graphs = std::move(Shared); }

  // Finds out which headers the unit could share; fills Plan, ScanSeconds, DroppedFlags, Failure.
  UnitResult plan(const Unit &U);

  // Makes the preamble that a plan asks for; fills PreambleSeconds and, if it cannot be had,
  // Failure.
  UnitResult buildPreamble(const Unit &U, const UnitPlan &Plan);

  // Parses the unit and runs the checks; if the preamble turns out not to fit, with that of the
  // headers which do, made here if need be, else with none.
  UnitResult check(const Unit &U, const UnitPlan &Plan);

  // Why the unit would not mean the same with the plan's preamble; empty if it would. Errors in it
  // do not count, function bodies are not read.
  std::string misfit(const Unit &U, const UnitPlan &Plan);
  // The plan with those of its headers alone that fit; empty if there are none or all do.
  UnitPlan fewer(const Unit &U, const UnitPlan &Plan, llvm::ArrayRef<HeavyHeader> Fitting);
  // For a parse of another's that watches for that itself.
  std::unique_ptr<HeaderFit> fitOf(const UnitPlan &Plan) const;
  std::unique_ptr<ProjectLocations> locationsOf(const Unit &U,
                                                const clang::SourceManager &SM) const {
    return std::make_unique<ProjectLocations>(SM, Scope, U.Directory);
  }
  // The unit's main file and every header of the project that it reaches; empty if it cannot be
  // scanned.
  std::vector<std::string> projectFiles(const Unit &U);

private:
  UnitResult doPlan(const Unit &U);
  UnitResult doBuild(const Unit &U, const UnitPlan &Plan);
  UnitResult doCheck(const Unit &U, const UnitPlan &Plan);
  std::shared_ptr<clang::CompilerInvocation> invocationFor(const Unit &U, UnitResult &Result);
  PreambleRequest requestFor(const Unit &U, const clang::CompilerInvocation &Invocation,
                             std::vector<HeavyHeader> Headers) const;
  UnitPlan fewer(const Unit &U, const clang::CompilerInvocation &Invocation, const UnitPlan &Plan,
                 llvm::ArrayRef<HeavyHeader> Fitting) const;
  bool parse(const Unit &U, const clang::CompilerInvocation &Invocation, llvm::StringRef Preamble,
             const HeaderIdentifiers &Mentioned, UnitResult &Result);

  RunnerOptions Options;
  ProfileOptions Profile;
  // What is read in place of files on disk; Own keeps it where that is the unit's alone.
  struct OwnTexts {
    FileTexts Texts;
    std::string Digest; // of the unit's file, where Texts holds something else for it
    uint64_t Size = 0;
  };
  const FileTexts &textsFor(const Unit &U, const clang::CompilerInvocation &Invocation,
                            OwnTexts &Own, bool WithJoined) const;
  FileTexts Texts;
  NoteMaker MakeNotes;
  OptionsProviderFactory MakeProvider;
  ProjectScope Scope;
  std::shared_ptr<IncludeGraphs> Graphs = std::make_shared<IncludeGraphs>();
  const PreambleStore *Store;
};

} // namespace torchtidy

#endif
