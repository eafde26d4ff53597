#include "commands/CheckPlan.h"
#include "engine/CommandLines.h"
#include "keys/UnitNotes.h"
#include "options/ConfigCheck.h"
#include "options/Selection.h"
#include "options/TidyConfig.h"
#include "support/Clang.h"
#include "support/FilePaths.h"

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

Error parseWhereTo(CheckPlan &Plan, const Options &Opts) {
  auto Outputs = parseOutputs(Opts.OutputFormats, Opts.OutputFile);
  if (!Outputs)
    return Outputs.takeError();
  Plan.Outputs = std::move(*Outputs);
  if (std::string Why = contradiction(Opts); !Why.empty())
    return failure(Why);
  if (Opts.RemoteCache.empty() || Opts.NoCache)
    return Error::success();
  auto Address = parseRedisUrl(Opts.RemoteCache);
  if (!Address)
    return failure("--remote-cache: " + toString(Address.takeError()) +
                   ". Next: write redis://[user:password@]host[:port][/database]");
  Plan.Remote = std::move(*Address);
  return Error::success();
}

Error configure(CheckPlan &Plan, const Options &Opts) {
  auto Provider = makeOptionsProvider(Opts);
  if (!Provider)
    return Provider.takeError();
  Plan.Provider = std::move(*Provider);
  // What could be read once is read again by each that needs it for itself.
  Plan.MakeProvider = [&Opts] { return cantFail(makeOptionsProvider(Opts)); };
  return Error::success();
}

Error collect(CheckPlan &Plan, const Options &Opts, const Messages &Tell) {
  auto Collected = collectUnits({Opts.Arguments, Opts.BuildPath, Opts.TorchRoot, Opts.FixedFlags});
  if (!Collected)
    return Collected.takeError();
  for (const std::string &Note : Collected->Notes)
    Tell.note(Note);
  Plan.Units = std::move(Collected->Units);
  Plan.NotAsked = std::move(Collected->Others);
  Plan.DatabaseDirectory = std::move(Collected->DatabaseDirectory);
  for (const Unit &U : Plan.Units) {
    std::string Root = findProjectRoot(U.File, Plan.DatabaseDirectory);
    if (!is_contained(Plan.Roots, Root))
      Plan.Roots.push_back(std::move(Root));
  }
  Plan.Run = {{Opts.ExtraArgsBefore, Opts.ExtraArgs}, Plan.Roots, Opts.Plain, Opts.UnsafeFixes};
  return Error::success();
}

void leaveOut(CheckPlan &Plan, function_ref<bool(const Unit &)> IsOut) {
  std::vector<Unit> Left;
  for (Unit &U : Plan.Units)
    (IsOut(U) ? Plan.LeftOut : Left).push_back(std::move(U));
  Plan.Units = std::move(Left);
}

Error filter(CheckPlan &Plan, const Options &Opts) {
  auto Filters = FindingFilters::make({Opts.Exclude, Opts.NewFromRev, Opts.Baseline}, Plan.Roots);
  if (!Filters)
    return Filters.takeError();
  Plan.Filters = std::move(*Filters);
  leaveOut(Plan, [&](const Unit &U) { return Plan.Filters->isExcluded(U.File); });
  return Error::success();
}

// The project as a whole decides about roots, names and rules, so that each shard says what a run
// over everything would say.
void leaveOutOtherShards(CheckPlan &Plan, const Shard &Part, const Messages &Tell) {
  std::vector<std::string> Paths;
  leaveOut(Plan, [&](const Unit &U) {
    StringRef Path =
        pathIn(findProjectRoot(U.File, Plan.DatabaseDirectory), U.File).value_or(U.File);
    Paths.push_back(Path.str());
    return !Part.holds(Path);
  });
  Plan.Part = {Part, Plan.Units.size(), Paths.size(), digestOfPaths(Paths)};
  Tell.note("shard " + Part.text() + ": " + Twine(Plan.Units.size()) + " of " +
            Twine(Paths.size()) + " files");
}

void leaveOutUnchanged(CheckPlan &Plan, StringRef Revision, const Messages &Tell) {
  size_t All = Plan.Units.size();
  Runner Scanner(Plan.Run, Plan.MakeProvider, /*Store=*/nullptr);
  leaveOut(Plan, [&](const Unit &U) { return !Plan.Filters->mayReport(U, Scanner); });
  Tell.note(Twine(Plan.Units.size()) + " of " + Twine(All) + " files reach what changed since " +
            Revision);
}

} // namespace

StringSet<> CheckPlan::enabledRules() const {
  StringSet<> Rules, Seen; // most units have one configuration
  for (const Unit &U : Units) {
    ClangTidyOptions Config = Provider->getOptions(U.File);
    if (Seen.insert(Config.Checks.value_or("")).second)
      for (const std::string &Rule : compat::enabledChecks(Config))
        Rules.insert(Rule);
  }
  return Rules;
}

std::set<std::string> CheckPlan::infosNamedAsErrors() const {
  std::vector<std::string> Lists;
  for (const Unit &U : Units)
    if (std::string List = Provider->getOptions(U.File).WarningsAsErrors.value_or("");
        !is_contained(Lists, List))
      Lists.push_back(std::move(List));
  std::set<std::string> Rules;
  for (const std::string &Name : splitNames(Lists))
    if (const RuleInfo *Rule = findRule(Name);
        Rule && Rule->Name == Name && severityOf(*Rule) == Severity::Info)
      Rules.insert(Name);
  return Rules;
}

std::vector<std::string> CheckPlan::files() const {
  std::vector<std::string> Files;
  for (const Unit &U : Units)
    Files.push_back(U.File);
  return Files;
}

Expected<CheckPlan> planCheck(const Options &Opts, const Messages &Tell) {
  CheckPlan Plan;
  if (Error E = parseWhereTo(Plan, Opts))
    return std::move(E);
  if (Error E = configure(Plan, Opts))
    return std::move(E);
  if (Error E = collect(Plan, Opts, Tell))
    return std::move(E);
  if (Error E = filter(Plan, Opts))
    return std::move(E);
  return std::move(Plan);
}

Error narrow(CheckPlan &Plan, const Options &Opts, const Messages &Tell) {
  if (Plan.Units.empty())
    return failure("--exclude leaves no file to check. Next: look at it and at .torch-tidy.yaml");
  if (Plan.enabledRules().empty())
    return failure("no rule is enabled for these files. Next: look at Checks in .clang-tidy, or "
                   "pass --checks");
  if (Opts.Part)
    leaveOutOtherShards(Plan, *Opts.Part, Tell);
  if (!Opts.NewFromRev.empty())
    leaveOutUnchanged(Plan, Opts.NewFromRev, Tell);
  return Error::success();
}

std::vector<std::string> configurationProblems(const CheckPlan &Plan, const Options &Opts) {
  std::vector<std::string> Problems;
  if (!Opts.Config && !Opts.ConfigFile)
    Problems = brokenConfigurations(Plan.files());
  if (Problems.empty() && Opts.VerifyConfig)
    Problems = unknownNames(*Plan.Provider, Plan.files());
  return Problems;
}

EngineSettings engineSettings(const CheckPlan &Plan, const Options &Opts,
                              std::function<void(const Progress &)> OnProgress) {
  return {Plan.Run,  Plan.MakeProvider,   noteMaker(),  Plan.DatabaseDirectory, Plan.Remote,
          Opts.Jobs, Opts.TimeoutPerFile, Opts.Profile, std::move(OnProgress)};
}

} // namespace torchtidy
