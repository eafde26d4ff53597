#include "CheckCommand.h"
#include "Clang.h"
#include "engine/CommandLines.h"
#include "engine/Runner.h"
#include "report/Report.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

constexpr int Clean = 0, Found = 1, Unusable = 2;

void addStats(ClangTidyStats &To, const ClangTidyStats &From) {
  To.ErrorsDisplayed += From.ErrorsDisplayed;
  To.ErrorsIgnoredCheckFilter += From.ErrorsIgnoredCheckFilter;
  To.ErrorsIgnoredNOLINT += From.ErrorsIgnoredNOLINT;
  To.ErrorsIgnoredNonUserCode += From.ErrorsIgnoredNonUserCode;
  To.ErrorsIgnoredLineFilter += From.ErrorsIgnoredLineFilter;
}

class CheckCommand {
public:
  explicit CheckCommand(const Options &Opts) : Opts(Opts) {}

  int run() {
    if (Opts.OutputFormat != "text" && Opts.OutputFormat != "clang-tidy")
      return fail("unknown --output-format '" + Opts.OutputFormat + "'. Next: text or clang-tidy");
    if (!makeOptionsProvider(Opts))
      return Unusable;
    auto Collected =
        collectUnits({Opts.Arguments, Opts.BuildPath, Opts.TorchRoot, Opts.FixedFlags});
    if (!Collected)
      return fail(toString(Collected.takeError()));
    for (const std::string &Note : Collected->Notes)
      note(Note);
    if (!anyRuleEnabled(Collected->Units))
      return fail("no rule is enabled for these files. Next: look at Checks in .clang-tidy, or "
                  "pass --checks");
    checkAll(*Collected);
    report();
    return Failed ? Unusable : Report.Findings.empty() ? Clean : Found;
  }

private:
  int fail(const Twine &Message) {
    WithColor::error(errs(), "torch-tidy") << Message << '\n';
    return Unusable;
  }
  void note(const Twine &Message) {
    if (!Opts.Quiet)
      WithColor::note(errs(), "torch-tidy") << Message << '\n';
  }

  bool anyRuleEnabled(ArrayRef<Unit> Units) {
    auto Provider = makeOptionsProvider(Opts);
    return any_of(Units, [&](const Unit &U) {
      return !compat::enabledChecks(Provider->getOptions(U.File)).empty();
    });
  }

  void checkAll(const CommandLineResult &Collected) {
    std::vector<std::string> Roots;
    for (const Unit &U : Collected.Units) {
      std::string Root = findProjectRoot(U.File, Collected.DatabaseDirectory);
      if (!is_contained(Roots, Root))
        Roots.push_back(std::move(Root));
    }
    ProjectScope Scope(std::move(Roots));
    PreambleStore Store(Opts.CacheDir.empty() ? defaultCacheDirectory() : Opts.CacheDir);
    RunnerOptions RunOpts;
    RunOpts.Extra = {Opts.ExtraArgsBefore, Opts.ExtraArgs};
    RunOpts.Plain = Opts.Plain;
    RunOpts.GetFixesFromNotes = Opts.FixNotes;
    Runner Run(RunOpts, [this] { return makeOptionsProvider(Opts); }, Scope, &Store);
    for (const Unit &U : Collected.Units)
      take(U, Run.run(U));
    Report.FilesChecked = Collected.Units.size();
  }

  void take(const Unit &U, UnitResult Result) {
    addStats(Report.Stats, Result.Stats);
    if (!Result.Failure.empty()) {
      Failed = true;
      WithColor::error(errs(), "torch-tidy") << U.File << ": " << Result.Failure << '\n';
      return;
    }
    for (const std::string &Flag : Result.DroppedFlags)
      note(U.File + ": flag '" + Flag + "' is not clang's: left out");
    if (!Result.PlainReason.empty() && Opts.Profile)
      note(U.File + ": parsed the plain way: " + Result.PlainReason);
    if (Opts.Profile)
      errs() << format("%s: scan %.3f s, preamble %.3f s, parse and check %.3f s\n", U.File.c_str(),
                       Result.ScanSeconds, Result.PreambleSeconds, Result.ParseSeconds);
    Failed |= Result.ParseFailed;
    for (ClangTidyError &E : Result.Findings)
      (StringRef(E.DiagnosticName).starts_with("clang-diagnostic-error") ? Report.Errors
                                                                         : Report.Findings)
          .push_back(std::move(E));
  }

  void report() {
    sortAndDeduplicate(Report.Errors);
    sortAndDeduplicate(Report.Findings);
    Report.Color = Opts.Color.value_or(sys::Process::StandardOutHasColors());
    bool ClangTidyText = Opts.OutputFormat == "clang-tidy";
    if (!ClangTidyText)
      printText(Report, outs());
    if (ClangTidyText || Opts.Fix)
      runHandleErrors(ClangTidyText);
    outs().flush();
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
  RunReport Report;
  bool Failed = false;
};

} // namespace

int runCheckCommand(const Options &Opts) { return CheckCommand(Opts).run(); }

} // namespace torchtidy
