// Checks one unit: against a shared preamble where that changes nothing, else the plain way.
#ifndef TORCHTIDY_DRIVER_ENGINE_RUNNER_H
#define TORCHTIDY_DRIVER_ENGINE_RUNNER_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "engine/Invocation.h"
#include "engine/Preamble.h"
#include "engine/ProjectScope.h"
#include "engine/Unit.h"
#include <functional>

namespace torchtidy {

using OptionsProviderFactory =
    std::function<std::unique_ptr<clang::tidy::ClangTidyOptionsProvider>()>;

struct UnitResult {
  std::vector<clang::tidy::ClangTidyError> Findings; // compile errors among them
  clang::tidy::ClangTidyStats Stats;
  bool ParseFailed = false;
  std::string Failure;                   // why the unit could not be checked at all
  std::string PlainReason;               // set: parsed without a preamble
  std::vector<std::string> DroppedFlags; // flags of other compilers
  double ScanSeconds = 0, PreambleSeconds = 0, ParseSeconds = 0;
};

struct RunnerOptions {
  ExtraArguments Extra;
  bool Plain = false; // no preamble, whole-unit traversal: as clang-tidy does it
  bool GetFixesFromNotes = false;
};

class Runner {
public:
  Runner(RunnerOptions Options, OptionsProviderFactory MakeProvider, ProjectScope &Scope,
         const PreambleStore *Store)
      : Options(std::move(Options)), MakeProvider(std::move(MakeProvider)), Scope(Scope),
        Store(Store) {}

  UnitResult run(const Unit &U);

private:
  std::string preambleFor(const Unit &U, std::shared_ptr<clang::CompilerInvocation> Invocation,
                          UnitResult &Result, std::vector<HeavyHeader> &Headers);
  // False if the preamble turned out not to fit; Result is then to be thrown away.
  bool parse(const Unit &U, const clang::CompilerInvocation &Invocation, llvm::StringRef Preamble,
             llvm::ArrayRef<HeavyHeader> Headers, UnitResult &Result);

  RunnerOptions Options;
  OptionsProviderFactory MakeProvider;
  ProjectScope &Scope;
  const PreambleStore *Store; // null: no cache
};

} // namespace torchtidy

#endif
