#include "CheckCommand.h"
#include "Clang.h"
#include "engine/CommandLines.h"
#include "engine/Paths.h"
#include "engine/ResultCache.h"
#include "engine/Scheduler.h"
#include "report/Outputs.h"
#include "report/ProgressLine.h"
#include "report/Report.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/WithColor.h"
#include <thread>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

constexpr int Clean = 0, Found = 1, Unusable = 2, Interrupted = 130;
constexpr uint64_t CacheLimit = 5ull << 30;

void addStats(ClangTidyStats &To, const ClangTidyStats &From) {
  To.ErrorsDisplayed += From.ErrorsDisplayed;
  To.ErrorsIgnoredCheckFilter += From.ErrorsIgnoredCheckFilter;
  To.ErrorsIgnoredNOLINT += From.ErrorsIgnoredNOLINT;
  To.ErrorsIgnoredNonUserCode += From.ErrorsIgnoredNonUserCode;
  To.ErrorsIgnoredLineFilter += From.ErrorsIgnoredLineFilter;
}

// Tells one build of this program and of the libraries under it from another.
std::string binaryIdentity() {
  sys::fs::file_status Stat;
  std::string Text = LLVM_VERSION_STRING " " TORCHTIDY_VERSION;
  if (!sys::fs::status("/proc/self/exe", Stat))
    Text += " " + std::to_string(Stat.getSize()) + " " +
            std::to_string(Stat.getLastModificationTime().time_since_epoch().count());
  return Text;
}

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
  explicit CacheDirectory(const Options &Opts) {
    Path = Opts.CacheDir.empty() ? defaultCacheDirectory() : absoluteHere(Opts.CacheDir);
    if (!Opts.NoCache && isWritable(Path))
      return;
    if (!Opts.NoCache)
      Message = "cannot write in the cache directory '" + Path +
                "': nothing is remembered this time. Next: pass --cache-dir";
    SmallString<128> Unique;
    if (sys::fs::createUniqueDirectory("torch-tidy", Unique))
      Path.clear();
    else
      Path = std::string(Unique);
    Temporary = true;
  }
  ~CacheDirectory() {
    if (Temporary && !Path.empty())
      sys::fs::remove_directories(Path);
  }

  std::string Path; // empty: no place to write at all
  std::string Message;
  bool Temporary = false;

private:
  static std::string absoluteHere(StringRef Dir) {
    SmallString<256> Result(Dir);
    sys::fs::make_absolute(Result);
    return std::string(Result);
  }
  static bool isWritable(const std::string &Dir) {
    return !sys::fs::create_directories(Dir) && !sys::fs::access(Dir, sys::fs::AccessMode::Write);
  }
};

class CheckCommand {
public:
  explicit CheckCommand(const Options &Opts) : Opts(Opts), Cache(Opts) {}

  int run() {
    auto Start = std::chrono::steady_clock::now();
    auto Parsed = parseOutputs(Opts.OutputFormats, Opts.OutputFile);
    if (!Parsed)
      return fail(toString(Parsed.takeError()));
    Outputs = std::move(*Parsed);
    Provider = makeOptionsProvider(Opts);
    if (!Provider)
      return Unusable;
    auto Collected =
        collectUnits({Opts.Arguments, Opts.BuildPath, Opts.TorchRoot, Opts.FixedFlags});
    if (!Collected)
      return fail(toString(Collected.takeError()));
    for (const std::string &Note : Collected->Notes)
      note(Note);
    if (!Cache.Message.empty())
      warn(Cache.Message);
    Units = std::move(Collected->Units);
    if (!anyRuleEnabled())
      return fail("no rule is enabled for these files. Next: look at Checks in .clang-tidy, or "
                  "pass --checks");
    findRoots(Collected->DatabaseDirectory);
    watchForInterrupt();
    if (!checkAll())
      return Interrupted;
    for (size_t I = 0; I < Units.size(); ++I)
      take(Units[I], Results[I]);
    report();
    if (Opts.Profile)
      printProfile(Units, Results,
                   std::chrono::duration<double>(std::chrono::steady_clock::now() - Start).count(),
                   errs());
    return Failed ? Unusable : Report.Findings.empty() ? Clean : Found;
  }

private:
  int fail(const Twine &Message) {
    WithColor::error(errs(), "torch-tidy") << Message << '\n';
    return Unusable;
  }
  void warn(const Twine &Message) { WithColor::warning(errs(), "torch-tidy") << Message << '\n'; }
  void note(const Twine &Message) {
    if (!Opts.Quiet)
      WithColor::note(errs(), "torch-tidy") << Message << '\n';
  }

  bool anyRuleEnabled() {
    StringMap<bool> ByChecks;
    return any_of(Units, [&](const Unit &U) {
      ClangTidyOptions Config = Provider->getOptions(U.File);
      auto [It, New] = ByChecks.try_emplace(Config.Checks.value_or(""), false);
      if (New)
        It->second = !compat::enabledChecks(Config).empty();
      return It->second;
    });
  }

  void findRoots(StringRef DatabaseDirectory) {
    for (const Unit &U : Units) {
      std::string Root = findProjectRoot(U.File, DatabaseDirectory);
      if (!is_contained(Roots, Root))
        Roots.push_back(std::move(Root));
    }
  }

  // Everything that a unit's result depends on, other than files.
  std::string resultKey(const Unit &U) {
    std::string Text = binaryIdentity() + "\n" + U.File + "\n" + U.Directory + "\n";
    for (const std::vector<std::string> *List :
         {&U.CommandLine, &Opts.ExtraArgsBefore, &Opts.ExtraArgs, &std::as_const(Roots)})
      Text += join(*List, "\n") + "\n--\n";
    ClangTidyOptions Config = Provider->getOptions(U.File);
    Config.UseColor.reset(); // changes no finding
    Text += configurationAsText(Config) + Opts.LineFilter.value_or("");
    Text += Opts.Plain ? "plain" : "";
    Text += Opts.FixNotes ? "notes" : "";
    return hexDigest(Text);
  }

  // False if the user interrupted.
  bool checkAll() {
    PreambleStore Store(Cache.Path);
    std::unique_ptr<ResultCache> Remembered = openResults();
    std::vector<Unit> Todo;
    std::vector<size_t> TodoIndex;
    std::vector<double> Expected;
    std::vector<std::string> Keys;
    DependencyChecker Checker;
    Results.resize(Units.size());
    for (size_t I = 0; I < Units.size(); ++I) {
      Keys.push_back(Remembered ? resultKey(Units[I]) : "");
      if (Remembered)
        if (auto Hit = Remembered->find(Keys[I], Checker, Store)) {
          Results[I] = std::move(*Hit);
          continue;
        }
      Todo.push_back(Units[I]);
      TodoIndex.push_back(I);
      Expected.push_back(Remembered ? Remembered->seconds(Units[I].File) : 0);
    }
    std::vector<UnitResult> Fresh = runUnits(Todo, Expected, Store);
    if (Fresh.size() != Todo.size())
      return false;
    if (Remembered)
      Remembered->begin();
    for (size_t I = 0; I < Fresh.size(); ++I) {
      size_t Index = TodoIndex[I];
      if (Remembered && Fresh[I].Failure.empty()) {
        Remembered->setSeconds(Units[Index].File, Fresh[I].ParseSeconds);
        // A failed parse may be put right by a file that is not there yet: nothing to watch.
        if (!Fresh[I].ParseFailed)
          Remembered->store(Keys[Index], Fresh[I]);
      }
      Results[Index] = std::move(Fresh[I]);
    }
    if (Remembered)
      Remembered->commit();
    return true;
  }

  std::unique_ptr<ResultCache> openResults() {
    if (Cache.Temporary || Cache.Path.empty())
      return nullptr;
    std::string Message;
    auto Remembered = ResultCache::open(Cache.Path, Message);
    if (!Message.empty())
      warn(Message);
    return Remembered;
  }

  std::vector<UnitResult> runUnits(const std::vector<Unit> &Todo,
                                   const std::vector<double> &Expected,
                                   const PreambleStore &Store) {
    if (Todo.empty())
      return {};
    RunnerOptions RunOpts;
    RunOpts.Extra = {Opts.ExtraArgsBefore, Opts.ExtraArgs};
    RunOpts.Plain = Opts.Plain;
    RunOpts.GetFixesFromNotes = Opts.FixNotes;
    RunOpts.ProfileChecks = Opts.Profile && !Cache.Path.empty();
    RunOpts.ProfileDirectory = joinPath(Cache.Path, "profile");
    Runner Run(
        RunOpts, [this] { return makeOptionsProvider(Opts); }, ProjectScope(Roots),
        Cache.Path.empty() ? nullptr : &Store);
    ProgressLine Line(!Opts.Quiet);
    SchedulerOptions SchedOpts;
    SchedOpts.Jobs = Opts.Jobs ? Opts.Jobs : defaultJobs();
    SchedOpts.Jobs = std::min<unsigned>(SchedOpts.Jobs, unsigned(Todo.size()));
    SchedOpts.TimeoutPerFile = Opts.TimeoutPerFile;
    SchedOpts.OnProgress = [&](const Progress &P) { Line.update(P); };
    std::vector<UnitResult> Fresh = Scheduler(Run, &Store, SchedOpts).run(Todo, Expected);
    if (RunOpts.ProfileChecks)
      sys::fs::remove_directories(RunOpts.ProfileDirectory);
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
    addStats(Report.Stats, Result.Stats);
    if (!Result.Failure.empty()) {
      Failed = true;
      Report.Failures.push_back({U.File, Result.Failure});
      WithColor::error(errs(), "torch-tidy") << U.File << ": " << Result.Failure << '\n';
      return;
    }
    for (const std::string &Flag : Result.DroppedFlags)
      if (DroppedFlags.insert(Flag).second)
        note("compiler flag '" + Flag + "' is not clang's: left out");
    NotShared += !Result.Plan.PlainReason.empty();
    Failed |= Result.ParseFailed;
    for (ClangTidyError &E : Result.Findings)
      (E.DiagnosticName == "clang-diagnostic-error" ? Report.Errors : Report.Findings)
          .push_back(std::move(E));
  }

  void report() {
    sortAndDeduplicate(Report.Errors);
    sortAndDeduplicate(Report.Findings);
    Report.Color = Opts.Color.value_or(sys::Process::StandardOutHasColors());
    bool Handled = false;
    std::vector<std::string> Notices;
    auto PrintTidyText = [&] {
      runHandleErrors(/*Print=*/true);
      Handled = true;
    };
    if (Error E = writeOutputs(Outputs, Report, Roots, PrintTidyText, Notices)) {
      fail(toString(std::move(E)));
      Failed = true;
    }
    for (const std::string &Notice : Notices)
      warn(Notice);
    if (Opts.Fix && !Handled)
      runHandleErrors(/*Print=*/false);
    outs().flush();
    if (NotShared && !Opts.Profile && !Opts.Plain)
      note(std::to_string(NotShared) + (NotShared == 1 ? " file" : " files") +
           " could not share headers and took longer. Next: --profile says why");
  }

  // Printing and fixing by clang-tidy's own code.
  void runHandleErrors(bool Print) {
    bool MayFix = Opts.Fix && (Report.Errors.empty() || Opts.FixErrors);
    if (Opts.Fix && !MayFix)
      note("fixes were not applied since there are compile errors. Next: put them right, or pass "
           "--fix-errors");
    if (Print || MayFix)
      printTidyText(Report, makeOptionsProvider(Opts),
                    !MayFix         ? FB_NoFix
                    : Opts.FixNotes ? FB_FixNotes
                                    : FB_Fix,
                    Print);
  }

  const Options &Opts;
  CacheDirectory Cache;
  std::unique_ptr<ClangTidyOptionsProvider> Provider;
  std::vector<Unit> Units;
  std::vector<UnitResult> Results;
  std::vector<std::string> Roots;
  std::vector<Output> Outputs;
  RunReport Report;
  StringSet<> DroppedFlags;
  size_t NotShared = 0;
  bool Failed = false;
};

} // namespace

int runCheckCommand(const Options &Opts) { return CheckCommand(Opts).run(); }

} // namespace torchtidy
