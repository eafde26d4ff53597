// What a run of check is about: from paths and options to units, configuration and filters.
#ifndef TORCHTIDY_DRIVER_COMMANDS_CHECKPLAN_H
#define TORCHTIDY_DRIVER_COMMANDS_CHECKPLAN_H

#include "cache/CachedEngine.h"
#include "cache/RedisConnection.h"
#include "engine/Runner.h"
#include "findings/FindingFilters.h"
#include "options/Options.h"
#include "report/Outputs.h"
#include "support/Messages.h"
#include <set>

namespace torchtidy {

struct CheckPlan {
  std::vector<Output> Outputs;
  std::optional<RedisAddress> Remote;
  OptionsProviderFactory MakeProvider;
  std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> Provider;
  std::vector<Unit> Units;
  std::vector<Unit> LeftOut;                   // of the units that were asked for
  std::function<std::vector<Unit>()> NotAsked; // the others of the database
  std::vector<std::string> Roots;              // of the projects that the units belong to
  std::string DatabaseDirectory;               // empty: no database was used
  std::optional<FindingFilters> Filters;
  std::optional<ShardOfRun> Part; // if other runs check the rest
  RunnerOptions Run;

  llvm::StringSet<> enabledRules() const;
  // Rules that WarningsAsErrors spells out in vain, since they report infos.
  std::set<std::string> infosNamedAsErrors() const;
  std::vector<std::string> files() const; // of the units
};

// Every unit of the project that is not excluded. Opts must outlive the plan.
llvm::Expected<CheckPlan> planCheck(const Options &Opts, const Messages &Tell);

// Leaves out what is for other shards, and what reaches no changed line. Fails if there is nothing
// to check or no rule to check it by.
llvm::Error narrow(CheckPlan &Plan, const Options &Opts, const Messages &Tell);

// How the engine reads the plan's units: the same for every command, so that they share results.
EngineSettings engineSettings(const CheckPlan &Plan, const Options &Opts,
                              std::function<void(const Progress &)> OnProgress);

// What is wrong with the configuration of the units, if it is to be looked at.
std::vector<std::string> configurationProblems(const CheckPlan &Plan, const Options &Opts);

} // namespace torchtidy

#endif
