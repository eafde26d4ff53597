#include "commands/Show.h"
#include "RuleTable.h"
#include "options/OptionTable.h"
#include "options/TidyConfig.h"
#include "report/TidyText.h"
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
     << "compilation database: " << orNone(DatabaseDirectory) << '\n';
  for (const GivenOption &Given : Opts.Given)
    if (Given.Info->Name != "show-settings")
      OS << Given.Info->Name << ": " << orNone(toText(Given.Value)) << " ("
         << (Given.IsFromSettings ? "settings file" : "command line") << ")\n";
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
    bool IsInfo = false;
    size_t All = 0, Fixable = 0;
    auto order() const { return std::pair(IsInfo, -int64_t(All)); }
  };
  std::map<std::string, Count> ByRule;
  std::map<Severity, size_t> Counts;
  for (const ClangTidyError &E : Report.Diagnostics) {
    Severity Level = severityOf(E);
    Count &C = ByRule[E.DiagnosticName];
    C.IsInfo = Level == Severity::Info;
    ++C.All;
    C.Fixable += !E.Message.Fix.empty();
    ++Counts[Level];
  }
  std::vector<std::pair<std::string, Count>> Sorted(ByRule.begin(), ByRule.end());
  llvm::stable_sort(
      Sorted, [](const auto &A, const auto &B) { return A.second.order() < B.second.order(); });
  for (const auto &[Rule, C] : Sorted) {
    std::vector<std::string> Words;
    if (C.IsInfo)
      Words.push_back("info");
    if (C.Fixable)
      Words.push_back(std::to_string(C.Fixable) + " with a safe fix");
    if (const RuleInfo *R = findRule(Rule))
      Words.push_back(R->Summary.str());
    OS << format("%6zu  ", C.All) << left_justify(Rule, 36) << (Words.empty() ? "" : " ")
       << join(Words, "; ") << '\n';
  }
  OS << Report.Diagnostics.size() << " in " << Report.FilesChecked << " files";
  if (std::string Parts = division(Counts); !Parts.empty())
    OS << ": " << Parts;
  OS << '\n';
}

void tellUnfinished(const RunReport &Report, const Messages &Tell) {
  size_t Count = Report.FilesUnfinished;
  if (!Count)
    return;
  Tell.error(counted(Count, "file was", "files were") +
             " not checked to the end, so that the exit status is 2. Next: mend the errors of the "
             "report");
}

bool showReport(const Options &Opts, ArrayRef<Output> Outputs, RunReport &Report,
                SourceFiles &Sources, const Messages &Tell) {
  if (Opts.Statistics) {
    printStatistics(Report, outs());
    return true;
  }
  Report.Color = Opts.Color.value_or(sys::Process::StandardOutHasColors());
  std::vector<std::string> Notices;
  auto PrintTidyText = [&] {
    auto Provider = makeOptionsProvider(Opts);
    if (Provider)
      printTidyText(Report, std::move(*Provider), Sources);
    else
      Tell.error(Provider.takeError());
  };
  Error E = writeOutputs(Outputs, Report, Sources, PrintTidyText, Notices);
  bool Written = !E;
  if (E)
    Tell.error(std::move(E));
  for (const std::string &Notice : Notices)
    Tell.warning(Notice);
  return Written;
}

} // namespace torchtidy
