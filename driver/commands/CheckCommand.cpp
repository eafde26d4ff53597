#include "commands/CheckCommand.h"
#include "cache/RemoteCache.h"
#include "cache/ResultCache.h"
#include "cache/ResultKeys.h"
#include "commands/Commands.h"
#include "commands/Show.h"
#include "commands/Watch.h"
#include "engine/CommandLines.h"
#include "engine/Scheduler.h"
#include "findings/BaselineRun.h"
#include "findings/FindingFilters.h"
#include "findings/Fingerprint.h"
#include "findings/Report.h"
#include "fixes/FixRun.h"
#include "fixes/Nolint.h"
#include "options/ConfigCheck.h"
#include "report/Outputs.h"
#include "report/ProgressLine.h"
#include "support/Clang.h"
#include "support/FileLock.h"
#include "support/FilePaths.h"
#include "support/Interrupt.h"
#include "llvm/Support/Process.h"
#include <set>
#include <thread>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

constexpr uint64_t CacheLimit = 5ull << 30;

// One worker a core, fewer where memory is short: a worker that makes shared headers or parses the
// plain way takes about 1 GB.
unsigned defaultJobs() {
  unsigned Jobs = std::max(1u, std::thread::hardware_concurrency());
  auto Info = MemoryBuffer::getFileAsStream("/proc/meminfo");
  if (!Info)
    return Jobs;
  StringRef Text = (*Info)->getBuffer().split("MemAvailable:").second.ltrim();
  uint64_t Kilobytes = 0;
  if (Text.consumeInteger(10, Kilobytes))
    return Jobs;
  return std::max<unsigned>(1, std::min<uint64_t>(Jobs, Kilobytes / (1 << 20)));
}

// The cache's directory for this run: the user's, or one that goes away with the object.
class CacheDirectory {
public:
  void open(const Options &Opts) {
    Path = Opts.CacheDir.empty() ? defaultCacheDirectory() : absoluteHere(Opts.CacheDir);
    if (!Opts.NoCache && isWritable(Path))
      return;
    if (!Opts.NoCache)
      Message = "cannot write in the cache directory '" + Path +
                "': nothing is remembered this time. Next: pass --cache-dir";
    makeTemporary();
  }
  ~CacheDirectory() { close(); }

  void close() {
    if (Temporary && !Path.empty())
      sys::fs::remove_directories(Path);
    Path.clear();
  }

  std::string Path; // empty: no place to write at all
  std::string Message;
  bool Temporary = false;

private:
  // The lock tells the directory of a living process from one that a killed process left.
  void makeTemporary() {
    constexpr StringLiteral Prefix = "torch-tidy-cache";
    SmallString<128> Folder, Unique;
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, Folder);
    std::error_code EC;
    for (sys::fs::directory_iterator It(Folder, EC), End; It != End && !EC; It.increment(EC)) {
      std::string File = joinPath(It->path(), "lock");
      if (sys::path::filename(It->path()).starts_with(Prefix) && sys::fs::exists(File) &&
          FileLock(File, /*Wait=*/false).ok())
        sys::fs::remove_directories(It->path());
    }
    Temporary = true;
    Path.clear();
    if (sys::fs::createUniqueDirectory(Prefix, Unique))
      return;
    Path = std::string(Unique);
    Lock.emplace(joinPath(Path, "lock"));
  }

  std::optional<FileLock> Lock;

  static bool isWritable(const std::string &Dir) {
    return !sys::fs::create_directories(Dir) && !sys::fs::access(Dir, sys::fs::AccessMode::Write);
  }
};

class CheckCommand {
public:
  explicit CheckCommand(const Options &Opts)
      : Opts(Opts), Tell(Opts.Quiet), Fixes(Opts.Diff, Tell) {}

  int run() {
    auto Start = std::chrono::steady_clock::now();
    if (std::optional<int> Status = prepare())
      return *Status;
    if (!lint() || !change() || wasInterrupted())
      return InterruptedStatus;
    // A report may go to a pager that waits for its user.
    Cache.close();
    letInterruptEnd();
    report();
    if (Opts.Profile && Remote)
      Tell.note("remote cache: " + Twine(Remote->countAtThisPath()) +
                " results are shared with checkouts at this path only");
    if (Opts.Profile)
      printProfile(Units, Results, Remote.has_value(),
                   std::chrono::duration<double>(std::chrono::steady_clock::now() - Start).count(),
                   errs());
    return wasInterrupted() ? InterruptedStatus : exitStatus();
  }

  // What the result depended on and belongs to the project.
  std::vector<std::string> projectFiles() const {
    ProjectScope Scope(Roots);
    std::set<std::string> Files;
    for (const Unit &U : Units)
      Files.insert(U.File);
    for (const UnitResult &R : Results)
      for (const Dependency &D : R.Dependencies)
        if (!D.IsDirectory && Scope.isProject(D.Path, ""))
          Files.insert(D.Path);
    return {Files.begin(), Files.end()};
  }

  // What a new run may be worth for: these, the configuration and the database.
  std::vector<std::string> watchedFiles() const {
    std::vector<std::string> Files = projectFiles();
    for (const std::string &Root : Roots)
      Files.push_back(joinPath(Root, ".clang-tidy"));
    if (!DatabaseDirectory.empty())
      Files.push_back(joinPath(DatabaseDirectory, "compile_commands.json"));
    return Files;
  }

private:
  // Finds out what to check and how. The exit status if that is all there is to do.
  std::optional<int> prepare() {
    auto Parsed = parseOutputs(Opts.OutputFormats, Opts.OutputFile);
    if (!Parsed)
      return fail(toString(Parsed.takeError()));
    Outputs = std::move(*Parsed);
    if (std::string Why = contradiction(Opts); !Why.empty())
      return fail(Why);
    if (Error E = openRemote())
      return fail(toString(std::move(E)));
    Provider = makeOptionsProvider(Opts);
    if (!Provider)
      return Unusable;
    auto Collected =
        collectUnits({Opts.Arguments, Opts.BuildPath, Opts.TorchRoot, Opts.FixedFlags});
    if (!Collected)
      return fail(toString(Collected.takeError()));
    for (const std::string &Note : Collected->Notes)
      Tell.note(Note);
    Units = std::move(Collected->Units);
    DatabaseDirectory = Collected->DatabaseDirectory;
    findRoots();
    auto Made = FindingFilters::make(Opts, Roots);
    if (!Made)
      return fail(toString(Made.takeError()));
    Filters = std::move(*Made);
    erase_if(Units, [&](const Unit &U) { return Filters->isExcluded(U.File); });
    if (std::optional<int> Status = verifyConfiguration())
      return Status;
    if (Opts.ShowSettings) {
      printSettings(Opts, *Provider, DatabaseDirectory, Units, outs());
      return Clean;
    }
    if (Units.empty())
      return fail("--exclude leaves no file to check. Next: look at it and at .torch-tidy.yaml");
    if (enabledRules().empty())
      return fail("no rule is enabled for these files. Next: look at Checks in .clang-tidy, or "
                  "pass --checks");
    leaveOutOtherShards();
    leaveOutUnchanged();
    if (Opts.ShowFiles) {
      for (const Unit &U : Units)
        outs() << U.File << '\n';
      return Clean;
    }
    watchForInterrupt();
    Cache.open(Opts);
    if (!Cache.Message.empty())
      Tell.warning(Cache.Message);
    return std::nullopt;
  }

  std::optional<int> verifyConfiguration() {
    std::vector<std::string> Files;
    for (const Unit &U : Units)
      Files.push_back(U.File);
    std::vector<std::string> Problems;
    if (!Opts.Config && !Opts.ConfigFile)
      Problems = brokenConfigurations(Files);
    if (Problems.empty() && Opts.VerifyConfig)
      Problems = unknownNames(*Provider, Files);
    for (const std::string &Problem : Problems)
      fail(Problem);
    if (!Problems.empty())
      return Unusable;
    if (!Opts.VerifyConfig)
      return std::nullopt;
    outs() << "no problem in the configuration of " << Units.size() << " files\n";
    return Clean;
  }

  // The project as a whole decides about roots, names and rules, so that each shard says what a run
  // over everything would say.
  void leaveOutOtherShards() {
    if (!Opts.Part)
      return;
    std::vector<std::string> Paths;
    std::vector<Unit> Ours;
    for (Unit &U : Units) {
      StringRef Path = U.File;
      Path.consume_front(findProjectRoot(U.File, DatabaseDirectory) + "/");
      Paths.push_back(Path.str());
      if (Opts.Part->holds(Path))
        Ours.push_back(std::move(U));
    }
    Units = std::move(Ours);
    Part = {*Opts.Part, Units.size(), Paths.size(), digestOfPaths(Paths)};
    Tell.note("shard " + Opts.Part->text() + ": " + Twine(Units.size()) + " of " +
              Twine(Paths.size()) + " files");
  }

  void leaveOutUnchanged() {
    if (Opts.NewFromRev.empty())
      return;
    size_t All = Units.size();
    Runner Scanner = makeRunner(nullptr);
    erase_if(Units, [&](const Unit &U) { return !Filters->mayReport(U, Scanner); });
    Tell.note(std::to_string(Units.size()) + " of " + std::to_string(All) +
              " files reach what changed since " + Opts.NewFromRev);
  }

  // Checks the units and keeps the findings that are wanted. False if the user interrupted.
  bool lint() {
    Results.clear();
    Report = RunReport();
    NotShared = 0;
    if (!checkAll())
      return false;
    for (size_t I = 0; I < Units.size(); ++I)
      take(Units[I], Results[I]);
    // A file that was not checked to its end may use any comment.
    if (Opts.ReportUnusedNolint && !Report.FilesUnfinished)
      append_range(Report.Findings, unusedNolints(projectFiles(), Results, enabledRules()));
    Report.Part = Part;
    SourceFiles Sources(Roots);
    sortAndDeduplicate(Report.Errors, Sources);
    sortAndDeduplicate(Report.Findings, Sources);
    Report.Fingerprints = fingerprints(Report.Findings, Sources);
    if (!Opts.WriteBaseline.empty())
      Written = Baseline::fromFindings(Report.Findings, Report.Fingerprints, Sources);
    Filters->apply(Report, Sources);
    return true;
  }

  StringSet<> enabledRules() {
    StringSet<> Rules, Seen; // most units have one configuration
    for (const Unit &U : Units) {
      ClangTidyOptions Config = Provider->getOptions(U.File);
      if (Seen.insert(Config.Checks.value_or("")).second)
        for (const std::string &Rule : compat::enabledChecks(Config))
          Rules.insert(Rule);
    }
    return Rules;
  }

  // Changes files as asked, and checks them again. False if the user interrupted.
  bool change() {
    bool MayFix = Report.Errors.empty() || Opts.FixErrors;
    if ((Opts.Fix || Opts.Diff) && !MayFix)
      Tell.note(
          "fixes were not applied since there are compile errors. Next: put them right, or pass "
          "--fix-errors");
    if (!Opts.ExportFixes.empty())
      if (Error E = exportFixes(Report.Findings, Opts.FixNotes, Opts.ExportFixes))
        failWriting(std::move(E));
    bool Ok = true;
    if (Opts.AddNolint)
      Ok = !Fixes.apply(planNolints(Report.Findings), "suppressed") || lint();
    else if ((Opts.Fix || Opts.Diff) && MayFix)
      Ok = fix();
    WriteFailed |= Fixes.failed();
    updateBaseline();
    return Ok;
  }

  // A fix may have been left out for overlapping another: it has its turn when the files were
  // checked again.
  bool fix() {
    constexpr unsigned MaxRounds = 5;
    for (unsigned Round = 0; Round < MaxRounds; ++Round) {
      FixPlan Plan = planFixes(Report.Findings,
                               {Opts.FixNotes, digestsOf(Results), [this](StringRef Path) {
                                  return Provider->getOptions(Path).FormatStyle.value_or("none");
                                }});
      if (!Fixes.apply(Plan, "fixed"))
        return true;
      if (!lint())
        return false;
      if (!Plan.Conflicts || Fixes.failed())
        return true;
    }
    return true;
  }

  void updateBaseline() {
    BaselineRun Run(Opts, Tell);
    if (!Opts.WriteBaseline.empty())
      Run.write(Written, Report.FilesUnfinished);
    else if (Baseline *Known = Filters->baseline(); Known && !Report.FilesUnfinished) {
      StringSet<> Rules = enabledRules();
      if (Opts.ReportUnusedNolint)
        Rules.insert(UnusedNolintRule);
      Run.tellKnown(Filters->knownFindings());
      Run.compare(*Known, Rules, projectFiles(), Roots);
    }
    WriteFailed |= Run.failed();
  }

  int exitStatus() const {
    if (Report.FilesUnfinished || WriteFailed)
      return Unusable;
    bool Wrong = !Report.Findings.empty() && Opts.WriteBaseline.empty();
    if (Fixes.fixedFindings() && Opts.ExitNonZeroOnFix)
      return Found;
    return Wrong && !Opts.ExitZero ? Found : Clean;
  }

  int fail(const Twine &Message) {
    Tell.error(Message);
    return Unusable;
  }
  void failWriting(Error E) {
    fail(toString(std::move(E)));
    WriteFailed = true;
  }

  void findRoots() {
    for (const Unit &U : Units) {
      std::string Root = findProjectRoot(U.File, DatabaseDirectory);
      if (!is_contained(Roots, Root))
        Roots.push_back(std::move(Root));
    }
  }

  // False if the user interrupted.
  bool checkAll() {
    PreambleStore Store(Cache.Path);
    std::unique_ptr<ResultCache> Remembered = openResults();
    ResultKeys Keys(Opts, *Provider, Roots, DatabaseDirectory);
    Results.assign(Units.size(), UnitResult());
    std::vector<size_t> TodoIndex = lookUp(Keys, Remembered.get(), Store);
    std::vector<Unit> Todo;
    std::vector<double> Expected;
    for (size_t I : TodoIndex) {
      Todo.push_back(Units[I]);
      Expected.push_back(Remembered ? Remembered->seconds(Units[I].File) : 0);
    }
    // At once, so that an interrupted run has not worked in vain.
    auto Remember = [&](size_t I, const UnitResult &Result) {
      if (!Result.Failure.empty())
        return;
      if (Remembered)
        Remembered->store(Keys.local(Todo[I]), Todo[I].File, Result);
      if (Remote)
        Remote->store(Keys.shared(Todo[I]), Result, Store);
    };
    std::vector<UnitResult> Fresh = runUnits(Todo, Expected, Store, Remember);
    if (Remote)
      Remote->flush();
    if (wasInterrupted())
      return false;
    for (size_t I = 0; I < Fresh.size(); ++I)
      Results[TodoIndex[I]] = std::move(Fresh[I]);
    return true;
  }

  // Fills in the results that a cache knows. The indices of the units that none does.
  std::vector<size_t> lookUp(ResultKeys &Keys, ResultCache *Remembered,
                             const PreambleStore &Store) {
    DependencyChecker Checker;
    std::vector<size_t> Missing, Unknown;
    std::vector<CacheKey> Asked;
    for (size_t I = 0; I < Units.size() && !wasInterrupted(); ++I) {
      auto Hit = Remembered ? Remembered->find(Keys.local(Units[I]), Checker, Store) : std::nullopt;
      if (Hit)
        Results[I] = std::move(*Hit);
      else
        Missing.push_back(I);
    }
    if (!Remote || Missing.empty())
      return Missing;
    if (Error E = Keys.identify())
      Remote->giveUp(std::move(E), "install torch-tidy again, or leave out --remote-cache");
    for (size_t I : Missing)
      Asked.push_back(Keys.shared(Units[I]));
    for (auto &&[I, Hit] : zip_equal(Missing, Remote->find(Asked, Store))) {
      if (!Hit) {
        Unknown.push_back(I);
        continue;
      }
      Results[I] = std::move(*Hit);
      if (Remembered)
        Remembered->store(Keys.local(Units[I]), Units[I].File, Results[I]);
    }
    return Unknown;
  }

  std::unique_ptr<ResultCache> openResults() {
    if (Cache.Temporary || Cache.Path.empty())
      return nullptr;
    std::string Message;
    auto Remembered = ResultCache::open(Cache.Path, Message);
    if (!Message.empty())
      Tell.warning(Message);
    return Remembered;
  }

  Error openRemote() {
    if (Opts.RemoteCache.empty() || Opts.NoCache)
      return Error::success();
    auto Address = parseRedisUrl(Opts.RemoteCache);
    if (!Address)
      return createStringError(inconvertibleErrorCode(),
                               "--remote-cache: " + toString(Address.takeError()) +
                                   ". Next: write redis://[user:password@]host[:port][/database]");
    Remote.emplace(std::move(*Address), [this](const Twine &Text) { Tell.warning(Text); });
    return Error::success();
  }

  Runner makeRunner(const PreambleStore *Store) {
    RunnerOptions RunOpts;
    RunOpts.Extra = {Opts.ExtraArgsBefore, Opts.ExtraArgs};
    RunOpts.Plain = Opts.Plain;
    RunOpts.GetFixesFromNotes = Opts.FixNotes;
    RunOpts.ProfileChecks = Opts.Profile && !Cache.Path.empty();
    RunOpts.ProfileDirectory = joinPath(Cache.Path, "profile");
    return Runner(
        RunOpts, [this] { return makeOptionsProvider(Opts); }, ProjectScope(Roots), Store);
  }

  std::vector<UnitResult> runUnits(const std::vector<Unit> &Todo,
                                   const std::vector<double> &Expected, const PreambleStore &Store,
                                   std::function<void(size_t, const UnitResult &)> OnChecked) {
    if (Todo.empty())
      return {};
    Runner Run = makeRunner(Cache.Path.empty() ? nullptr : &Store);
    ProgressLine Line(!Opts.Quiet);
    SchedulerOptions SchedOpts;
    SchedOpts.Jobs = Opts.Jobs ? Opts.Jobs : defaultJobs();
    SchedOpts.Jobs = std::min<unsigned>(SchedOpts.Jobs, unsigned(Todo.size()));
    SchedOpts.TimeoutPerFile = Opts.TimeoutPerFile;
    SchedOpts.OnChecked = std::move(OnChecked);
    SchedOpts.OnProgress = [&](const Progress &P) { Line.update(P); };
    std::vector<UnitResult> Fresh = Scheduler(Run, &Store, SchedOpts).run(Todo, Expected);
    if (Opts.Profile && !Cache.Path.empty())
      sys::fs::remove_directories(joinPath(Cache.Path, "profile"));
    pruneCache(Fresh);
    return Fresh;
  }

  void pruneCache(ArrayRef<UnitResult> Fresh) {
    StringSet<> InUse;
    bool Built = false;
    for (const UnitResult &R : Fresh) {
      InUse.insert(R.Plan.PreambleKey);
      Built |= R.PreambleSeconds > 0;
    }
    if (Built && !Cache.Temporary)
      prunePreambles(Cache.Path, CacheLimit, InUse);
  }

  void take(const Unit &U, UnitResult &Result) {
    ++Report.FilesChecked;
    Report.FilesUnfinished += !Result.Failure.empty() || Result.ParseFailed;
    if (!Result.Failure.empty()) {
      Report.Failures.push_back({U.File, Result.Failure});
      Tell.error(U.File + ": " + Result.Failure);
      return;
    }
    for (const std::string &Flag : Result.DroppedFlags)
      if (DroppedFlags.insert(Flag).second)
        Tell.note("compiler flag '" + Flag + "' is not clang's: left out");
    NotShared += !Result.Plan.PlainReason.empty();
    for (ClangTidyError &E : Result.Findings)
      (E.DiagnosticName == "clang-diagnostic-error" ? Report.Errors : Report.Findings)
          .push_back(std::move(E));
  }

  void report() {
    SourceFiles Sources(Roots); // as fixes left them
    if (Opts.Statistics || (!Opts.Diff && Opts.WriteBaseline.empty()))
      WriteFailed |= !showReport(Opts, Outputs, Report, Sources, Tell);
    outs().flush();
    tellUnfinished(Report, Tell);
    if (NotShared && !Opts.Profile && !Opts.Plain)
      Tell.note(std::to_string(NotShared) + (NotShared == 1 ? " file" : " files") +
                " could not share headers and took longer. Next: --profile says why");
  }

  const Options &Opts;
  CacheDirectory Cache;
  Messages Tell;
  FixRun Fixes;
  std::optional<RemoteCache> Remote;
  std::unique_ptr<ClangTidyOptionsProvider> Provider;
  std::vector<Unit> Units;
  std::vector<UnitResult> Results;
  std::vector<std::string> Roots;
  std::string DatabaseDirectory;
  std::optional<FindingFilters> Filters;
  Baseline Written; // for --write-baseline
  std::vector<Output> Outputs;
  std::optional<ShardOfRun> Part;
  RunReport Report;
  StringSet<> DroppedFlags;
  size_t NotShared = 0;
  bool WriteFailed = false;
};

} // namespace

int runCheckCommand(const Options &Opts) {
  if (!Opts.Watch)
    return CheckCommand(Opts).run();
  return repeatOnChange([&](std::vector<std::string> &Files) {
    CheckCommand Check(Opts);
    int Status = Check.run();
    Files = Check.watchedFiles();
    return Status;
  });
}

} // namespace torchtidy
