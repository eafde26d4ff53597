#include "commands/Show.h"
#include "RuleTable.h"
#include "support/Clang.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include <map>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {

static StringRef orNone(StringRef Text) { return Text.empty() ? StringRef("none") : Text; }

void printSettings(const Options &Opts, ClangTidyOptionsProvider &Provider,
                   StringRef DatabaseDirectory, ArrayRef<Unit> Units, raw_ostream &OS) {
  OS << "settings file: " << orNone(Opts.SettingsPath) << '\n'
     << "compilation database: " << orNone(DatabaseDirectory) << '\n'
     << "baseline: " << orNone(Opts.Baseline) << '\n'
     << "new from revision: " << orNone(Opts.NewFromRev) << '\n'
     << "excluded: " << orNone(join(Opts.Exclude, " ")) << '\n';
  std::map<std::string, std::vector<std::string>> Files; // by configuration
  for (const Unit &U : Units) {
    std::string Text = "configured by:";
    for (const auto &[Part, Source] : Provider.getRawOptions(U.File))
      Text += " " + Source;
    ClangTidyOptions Config = Provider.getOptions(U.File);
    Text +=
        "\nrules: " + join(compat::enabledChecks(Config), " ") + "\n" + configurationAsText(Config);
    Files[Text].push_back(U.File);
  }
  for (const auto &[Text, List] : Files) {
    OS << "\nfor " << List.front();
    if (List.size() > 1)
      OS << " and " << List.size() - 1 << " more";
    OS << '\n' << Text << '\n';
  }
}

void printStatistics(const RunReport &Report, raw_ostream &OS) {
  struct Count {
    size_t All = 0, Fixable = 0;
  };
  std::map<std::string, Count> ByRule;
  for (const ClangTidyError &E : Report.Findings) {
    Count &C = ByRule[E.DiagnosticName];
    ++C.All;
    C.Fixable += !E.Message.Fix.empty();
  }
  std::vector<std::pair<std::string, Count>> Sorted(ByRule.begin(), ByRule.end());
  llvm::stable_sort(Sorted,
                    [](const auto &A, const auto &B) { return A.second.All > B.second.All; });
  for (const auto &[Rule, C] : Sorted) {
    OS << format("%6zu  ", C.All) << left_justify(Rule, 36);
    const RuleInfo *R = findRule(Rule);
    if (C.Fixable)
      OS << format(" %zu with a safe fix", C.Fixable) << (R ? ";" : "");
    if (R)
      OS << ' ' << R->Summary;
    OS << '\n';
  }
  OS << Report.Findings.size() << " in " << Report.FilesChecked << " files\n";
}

void tellUnfinished(const RunReport &Report, const Messages &Tell) {
  size_t Count = Report.FilesUnfinished;
  if (!Count)
    return;
  Tell.error(Twine(Count) + (Count == 1 ? " file was" : " files were") +
             " not checked to the end, so that the exit status is 2. Next: mend the errors of the "
             "report, or pass --extra-arg=-Wno-error=NAME where -Werror makes an error of a "
             "warning");
}

bool showReport(const Options &Opts, ArrayRef<Output> Outputs, RunReport &Report,
                SourceFiles &Sources, const Messages &Tell) {
  if (Opts.Statistics) {
    printStatistics(Report, outs());
    return true;
  }
  Report.Color = Opts.Color.value_or(sys::Process::StandardOutHasColors());
  std::vector<std::string> Notices;
  auto PrintTidyText = [&] { printTidyText(Report, makeOptionsProvider(Opts), Sources); };
  Error E = writeOutputs(Outputs, Report, Sources, PrintTidyText, Notices);
  bool Written = !E;
  if (E)
    Tell.error(toString(std::move(E)));
  for (const std::string &Notice : Notices)
    Tell.warning(Notice);
  return Written;
}

} // namespace torchtidy
