#include "cache/CachedEngine.h"
#include "clang-tidy/GlobList.h"
#include "commands/CheckPlan.h"
#include "commands/Commands.h"
#include "commands/Show.h"
#include "commands/Watch.h"
#include "cross-tu/CrossUnits.h"
#include "engine/TorchLocator.h"
#include "findings/BaselineRun.h"
#include "findings/Fingerprint.h"
#include "fixes/FixProof.h"
#include "fixes/FixRun.h"
#include "fixes/Nolint.h"
#include "report/ProfileText.h"
#include "report/ProgressLine.h"
#include "support/AtomicWrite.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Interrupt.h"
#include <set>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

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
    updateBaseline();
    if (!Opts.AskedFiles.empty())
      listAskedFiles();
    // A report may go to a pager that waits for its user.
    Cache.close();
    letInterruptEnd();
    report();
    if (Opts.Profile)
      profile(std::chrono::duration<double>(std::chrono::steady_clock::now() - Start).count());
    return wasInterrupted() ? InterruptedStatus : exitStatus();
  }

  // What a new run may be worth for: what the result depended on and belongs to the project, the
  // configuration and the database.
  std::vector<std::string> watchedFiles() const {
    std::vector<std::string> Files = projectFiles();
    ProjectScope Scope(Plan.Roots);
    for (const std::string &File : ReadAcross)
      if (Scope.isProject(File, ""))
        Files.push_back(File);
    for (const std::string &Root : Plan.Roots)
      Files.push_back(joinPath(Root, ".clang-tidy"));
    if (!Plan.DatabaseDirectory.empty())
      Files.push_back(joinPath(Plan.DatabaseDirectory, "compile_commands.json"));
    return Files;
  }

private:
  // Finds out what to check and how. The exit status if that is all there is to do.
  std::optional<int> prepare() {
    auto Made = planCheck(Opts, Tell);
    if (!Made)
      return fail(Made.takeError());
    Plan = std::move(*Made);
    if (std::optional<int> Status = verifyConfiguration())
      return Status;
    if (Opts.ShowSettings) {
      printSettings(Opts, *Plan.Provider, Plan.DatabaseDirectory, Plan.Units, outs());
      return Clean;
    }
    if (Error E = narrow(Plan, Opts, Tell))
      return fail(std::move(E));
    if (Opts.ShowFiles) {
      for (const Unit &U : Plan.Units)
        outs() << U.File << '\n';
      return Clean;
    }
    if (Opts.FailOn != "info")
      for (const std::string &Rule : Plan.infosNamedAsErrors())
        Tell.note("WarningsAsErrors makes no error of '" + Rule +
                  "', which reports infos. Next: pass --fail-on info if they are to count");
    watchForInterrupt();
    if (std::string Why = Cache.open(Opts.CacheDir, Opts.NoCache); !Why.empty())
      Tell.warning(Why);
    Engine.emplace(engineSettings(Plan, Opts, [this](const Progress &P) { Line.update(P); }), Cache,
                   Tell);
    return std::nullopt;
  }

  std::optional<int> verifyConfiguration() {
    std::vector<std::string> Problems = configurationProblems(Plan, Opts);
    for (const std::string &Problem : Problems)
      Tell.error(Problem);
    if (!Problems.empty())
      return Unusable;
    if (!Opts.VerifyConfig)
      return std::nullopt;
    outs() << "no problem in the configuration of " << Plan.Units.size() << " files\n";
    return Clean;
  }

  // Checks the units and keeps the findings that are wanted. False if the user interrupted.
  bool lint() {
    auto Checked = Engine->check(Plan.Units, std::move(Proven));
    if (!Checked)
      return false;
    Results = std::move(*Checked);
    Proven.clear();
    States.clear();
    if (Opts.Fix || Opts.Diff)
      for (const UnitResult &R : Results)
        States.push_back(UnitState::of(R));
    if (!Opts.NoCrossUnits && !readAcross())
      return false;
    Report = gatherReport(Plan.Units, Results);
    Report.Part = Plan.Part;
    tellTroubles();
    // A file that was not checked to its end may use any comment.
    if (Opts.ReportUnusedNolint && !Report.FilesUnfinished)
      append_range(Report.Diagnostics, unusedNolints(projectFiles(), Results, Plan.enabledRules()));
    SourceFiles Sources(Plan.Roots);
    sortAndDeduplicate(Report.Errors, Sources);
    sortAndDeduplicate(Report.Diagnostics, Sources);
    Report.Fingerprints = fingerprints(Report.Diagnostics, Sources);
    if (!Opts.WriteBaseline.empty())
      Written = Baseline::fromDiagnostics(Report.Diagnostics, Report.Fingerprints, Sources);
    Plan.Filters->apply(Report, Sources);
    return true;
  }

  // Reads units that lack what another one defines together with it. False if the user interrupted.
  bool readAcross() {
    ReadAcross.clear();
    Searched.clear();
    std::vector<Unit> Units = Plan.Units;
    std::vector<UnitBoundary> Boundaries = boundariesOf(Results);
    bool IsAllAsked = true;
    if (!readOthers(Units, Boundaries, IsAllAsked))
      return false;
    CrossUnitPlan Across = planCrossUnits(Units, Results, std::move(Boundaries), Plan.Units.size());
    std::vector<Unit> Joint;
    for (const CrossUnit &Cross : Across.Units)
      Joint.push_back(Cross.Joint);
    auto Checked = Engine->check(Joint);
    if (!Checked)
      return false;
    for (ArrayRef<UnitResult> Some :
         {ArrayRef(*Checked), ArrayRef(Results).drop_front(Plan.Units.size())})
      for (const UnitResult &Result : Some)
        for (const Dependency &D : Result.Dependencies)
          if (!D.IsDirectory)
            ReadAcross.insert(D.Path);
    CrossScope Scope{
        Plan.Units.size(), Plan.Part.has_value(),
        [this](StringRef File, StringRef Rule) {
          return GlobList(Plan.Provider->getOptions(File).Checks.value_or("")).contains(Rule);
        },
        [Project = ProjectScope(Plan.Roots)](StringRef File) {
          return Project.isProject(File, "");
        }};
    // Where nobody asks, nothing is looked up.
    TakenOver Taken;
    if (!Joint.empty())
      Taken = takeOver(Across.Units, Units, Results, std::move(*Checked), Scope);
    Results.resize(Plan.Units.size());
    keepForEditors(Taken, IsAllAsked);
    if (Opts.Profile)
      Asked = describe(Across, Taken.Apart);
    return true;
  }

  // A unit that is not read with others any more has nothing to show. One that could not be read
  // this time may have, and so may all where there are too many others to ask.
  void keepForEditors(const TakenOver &Taken, bool IsAllAsked) const {
    // What one run is told of rules or flags is not what an editor asks for.
    if (Opts.Checks || Opts.Config || !Opts.ExtraArgs.empty() || !Opts.ExtraArgsBefore.empty())
      return;
    std::set<std::string> Units;
    for (size_t I = 0; IsAllAsked && I < Results.size(); ++I)
      if (std::string File = realPath(Plan.Units[I].File);
          Results[I].Failure.empty() && !Results[I].ParseFailed && !Taken.Unread.count(File))
        Units.insert(File);
    Engine->remember(Units, Taken.Readings);
  }

  // Adds the units that nobody asked for and that may answer: what is found in a file must not
  // depend on which others are checked. IsAllAsked: there are not too many of them. False if the
  // user interrupted.
  bool readOthers(std::vector<Unit> &Units, std::vector<UnitBoundary> &Boundaries,
                  bool &IsAllAsked) {
    constexpr unsigned MaxRounds = 3;
    const size_t MaxOthers = 16 * Plan.Units.size(); // a part reads as many as the whole would
    size_t First = 0;
    std::optional<std::vector<Unit>> Others;
    for (unsigned Round = 0; Round < MaxRounds; ++Round) {
      std::vector<OpenQuestion> Open =
          questionsOf(ArrayRef(Boundaries).drop_front(First), /*AreJoined=*/Round > 0);
      if (Open.empty())
        return true;
      if (!Others) {
        Others = Plan.LeftOut;
        append_range(*Others, Plan.NotAsked());
        for (const Unit &U : *Others)
          Searched.push_back(U.File);
      }
      std::vector<Unit> More = mayAnswer(Open, *Others);
      if (More.size() > MaxOthers && !Plan.Part) {
        IsAllAsked = false;
        return true;
      }
      auto Checked = Engine->check(More);
      if (!Checked)
        return false;
      First = Results.size();
      append_range(Boundaries, boundariesOf(*Checked));
      append_range(Results, std::move(*Checked));
      append_range(Units, More);
      erase_if(*Others, [&](const Unit &U) {
        return any_of(More, [&](const Unit &Known) { return Known.File == U.File; });
      });
    }
    return true;
  }

  void tellTroubles() {
    for (const UnitFailure &Failure : Report.Failures)
      Tell.error(Failure.File + ": " + Failure.Reason);
    for (const UnitResult &Result : Results)
      for (const std::string &Flag : Result.DroppedFlags)
        if (Result.Failure.empty() && ToldFlags.insert(Flag).second)
          Tell.note("compiler flag '" + Flag + "' is not clang's: left out");
    tellOldStandard();
  }

  // LibTorch's headers refuse a standard that is too old for them, in some twenty errors each.
  void tellOldStandard() {
    std::string Asked;
    for (const ClangTidyError &E : Report.Errors)
      if (Asked.empty() && !ToldStandard)
        Asked = standardAskedFor(E.Message.Message);
    if (Asked.empty() || Report.NotCompiling.empty())
      return;
    ToldStandard = true;
    const Unit &U = Plan.Units[Report.NotCompiling.front()];
    std::string Given = "no -std";
    for (StringRef Argument : U.CommandLine)
      if (Argument.starts_with("-std="))
        Given = "'" + Argument.str() + "'";
    std::string Where = Plan.DatabaseDirectory.empty()
                            ? "the flags given after --"
                            : "compile_commands.json in '" + Plan.DatabaseDirectory + "'";
    Tell.error("LibTorch's headers need -std=" + Asked + ", and '" + U.File +
               "' is compiled with " + Given + " (" + Where +
               "). Next: raise the standard of the build, with CMake " +
               "CMAKE_CXX_STANDARD, or pass --extra-arg=-std=" + Asked);
  }

  // Changes files as asked, and checks them again. False if the user interrupted.
  bool change() {
    if (!Opts.ExportFixes.empty())
      if (Error E = exportFixes(Report.Diagnostics, Opts.UnsafeFixes, Opts.ExportFixes)) {
        Tell.error(std::move(E));
        WriteFailed = true;
      }
    if (Opts.AddNolint)
      return !Fixes.apply(planNolints(Report.Diagnostics), "suppressed") || lint();
    if (Opts.Fix || Opts.Diff)
      return Fixes.fix([this] { return nextFixes(); }, [this] { return lint(); });
    return true;
  }

  // What is not proven is not written. Nothing if the user interrupted.
  std::optional<FixPlan> nextFixes() {
    FixOptions Wanted{Opts.UnsafeFixes,
                      digestsOf(Results),
                      [this](StringRef Path) {
                        return Plan.Provider->getOptions(Path).FormatStyle.value_or("none");
                      },
                      {}};
    if (!Opts.FixErrors)
      Wanted.HeldBackBy = heldBackBy(Report, Plan.Units, Results);
    FixProof Proof({Plan.Units, Results, States, Report.Diagnostics, Opts.UnsafeFixes,
                    [&](FixProof::Diagnostics Some) { return planFixes(Some, Wanted); },
                    [this](const std::vector<Unit> &Units, FileTexts Texts) {
                      return Engine->prove(Units, std::move(Texts));
                    }});
    std::vector<size_t> Candidates;
    for (size_t I = 0; I < Report.Diagnostics.size(); ++I)
      if (!TakenBack.count(Report.Fingerprints[I]))
        Candidates.push_back(I);
    std::optional<FixPlan> Fixes = Proof.prove(Candidates);
    for (size_t I : Proof.takenBack())
      TakenBack.insert(Report.Fingerprints[I]);
    Proven = Proof.results();
    return Fixes;
  }

  void updateBaseline() {
    BaselineRun Run({Opts.Baseline, Opts.WriteBaseline, Opts.PruneBaseline}, Tell);
    if (!Opts.WriteBaseline.empty())
      Run.write(Written, Report.FilesUnfinished);
    else if (Baseline *Known = Plan.Filters->baseline(); Known && !Report.FilesUnfinished) {
      StringSet<> Rules = Plan.enabledRules();
      if (Opts.ReportUnusedNolint)
        Rules.insert(UnusedNolintRule);
      Run.tellKnown(Plan.Filters->knownFindings());
      Run.compare(*Known, Rules, projectFiles(), Plan.Roots);
    }
    WriteFailed |= Run.failed();
  }

  // For build systems: in these something may stand that the findings depend on.
  void listAskedFiles() {
    if (Error E = writeAtomically(Opts.AskedFiles,
                                  join(Searched, "\n") + (Searched.empty() ? "" : "\n"))) {
      Tell.error(std::move(E));
      WriteFailed = true;
    }
  }

  void report() {
    SourceFiles Sources(Plan.Roots); // as fixes left them
    if (Opts.Statistics || (!Opts.Diff && Opts.WriteBaseline.empty()))
      WriteFailed |= !showReport(Opts, Plan.Outputs, Report, Sources, Tell);
    outs().flush();
    tellUnfinished(Report, Tell);
    if (Report.FilesNotShared && !Opts.Profile && !Opts.Plain)
      Tell.note(counted(Report.FilesNotShared, "file") +
                " could not share headers and took longer. Next: --profile says why");
  }

  void profile(double Seconds) const {
    const RemoteCache *Remote = Engine->remote();
    if (Remote)
      Tell.note("remote cache: " + Twine(Remote->countAtThisPath()) +
                " results are shared with checkouts at this path only");
    printProfile(Plan.Units, Results, Remote != nullptr, Seconds, errs());
    errs() << Asked;
  }

  // What the result depended on and belongs to the project.
  std::vector<std::string> projectFiles() const {
    ProjectScope Scope(Plan.Roots);
    std::set<std::string> Files;
    for (const Unit &U : Plan.Units)
      Files.insert(U.File);
    for (const UnitResult &R : Results)
      for (const Dependency &D : R.Dependencies)
        if (!D.IsDirectory && Scope.isProject(D.Path, ""))
          Files.insert(D.Path);
    return {Files.begin(), Files.end()};
  }

  int exitStatus() const {
    if (Report.FilesUnfinished || WriteFailed || Fixes.failed())
      return Unusable;
    if (Fixes.tookBack() || (Fixes.fixedFindings() && Opts.ExitNonZeroOnFix))
      return Found;
    return statusOfFindings(Opts, Report);
  }

  int fail(Error E) const {
    Tell.error(std::move(E));
    return Unusable;
  }

  const Options &Opts;
  Messages Tell;
  CheckPlan Plan;
  CacheDirectory Cache;
  ProgressLine Line{!Opts.Quiet};
  std::optional<CachedEngine> Engine;
  std::vector<UnitResult> Results;
  std::vector<UnitState> States;       // of the units, for --fix
  std::map<size_t, UnitResult> Proven; // of the units as fixes have left them
  std::set<std::string> TakenBack;     // fingerprints of findings whose fix does harm
  RunReport Report;
  std::string Asked;                 // of other units, for --profile
  std::set<std::string> ReadAcross;  // files of other units, for --watch
  std::vector<std::string> Searched; // other units, for --asked-files
  StringSet<> ToldFlags;
  bool ToldStandard = false;
  FixRun Fixes;
  Baseline Written; // for --write-baseline
  bool WriteFailed = false;
};

} // namespace

int runCheckCommand(const Options &Opts) {
  if (!Opts.Watch)
    return CheckCommand(Opts).run();
  return repeatOnChange(Messages(Opts.Quiet), [&](std::vector<std::string> &Files) {
    CheckCommand Check(Opts);
    int Status = Check.run();
    Files = Check.watchedFiles();
    return Status;
  });
}

} // namespace torchtidy
