#include "report/Formats.h"
#include "support/Clang.h"
#include "support/Messages.h"
#include <map>

using namespace llvm;

namespace torchtidy {
namespace {

class TextPrinter {
public:
  TextPrinter(const FindingList &List, bool Color, raw_ostream &OS)
      : List(List), Color(Color), OS(OS) {
    (void)sys::fs::current_path(Cwd);
    Cwd += '/';
  }

  void print() {
    for (const Finding &F : List.All)
      if (!F.IsFailure && F.Level != Severity::Info) // a failure is said on standard error
        printFinding(F);
    for (const Finding &F : List.All)
      if (F.Level == Severity::Info)
        printHead(F.Main, "info", raw_ostream::BLUE, F.Rule);
    if (List.count(Severity::Info))
      OS << '\n';
    printSummary();
  }

private:
  void printFinding(const Finding &F) {
    bool Error = F.Level == Severity::Error;
    printRemark(F.Main, Error ? "error" : "warning",
                Error ? raw_ostream::RED : raw_ostream::MAGENTA, F.Rule);
    for (const Remark &Note : F.Notes)
      printRemark(Note, "note", raw_ostream::CYAN, "");
    OS << '\n';
  }

  void printRemark(const Remark &R, StringRef Level, raw_ostream::Colors LevelColor,
                   StringRef Rule) {
    printHead(R, Level, LevelColor, Rule);
    if (R.Where)
      printSource(R);
    if (R.Fix)
      printFix(*R.Fix, R.Where ? R.Where->File : nullptr);
  }

  void printHead(const Remark &R, StringRef Level, raw_ostream::Colors LevelColor, StringRef Rule) {
    if (R.Where)
      bold(shortened(R.Where->File->SpelledPath) + ":" + std::to_string(R.Where->Start.Line) + ":" +
           std::to_string(R.Where->Start.Column) + ": ");
    colored(LevelColor, (Level + ": ").str());
    if (Rule.empty())
      OS << R.Message;
    else
      bold(R.Message);
    if (!Rule.empty())
      OS << " [" << Rule << "]";
    OS << '\n';
  }

  void printSource(const Remark &R) {
    margin(std::to_string(R.Where->Start.Line), '|');
    OS << R.Where->File->line(R.Where->Start.Line) << '\n';
    margin("", '|');
    colored(raw_ostream::GREEN, underline(R));
    OS << '\n';
  }

  // As a diff of the lines that change; Shown is the file that the reader has before him.
  void printFix(const ProposedFix &Fix, const SourceFile *Shown) {
    margin("", '=');
    OS << labelOf(Fix) << ":\n";
    for (const Hunk &H : hunksOf(Fix)) {
      if (H.File != Shown) {
        margin("", '=');
        OS << "in " << shortened(H.File->SpelledPath) << '\n';
        Shown = H.File;
      }
      unsigned Line = H.FirstLine;
      for (const std::string &Before : H.Before)
        printFixLine(std::to_string(Line++), '-', raw_ostream::RED, Before);
      Line = H.FirstLine;
      for (const std::string &After : H.After)
        printFixLine(std::to_string(Line++), '+', raw_ostream::GREEN, After);
    }
  }

  void printFixLine(StringRef Number, char Sign, raw_ostream::Colors C, StringRef Text) {
    margin(Number, Sign);
    colored(C, Text);
    OS << '\n';
  }

  void margin(StringRef Number, char Bar) { OS << right_justify(Number, 5) << ' ' << Bar << ' '; }

  // Tabs stay tabs, so that the caret lines up whatever their width.
  static std::string underline(const Remark &R) {
    StringRef Text = R.Where->File->line(R.Where->Start.Line);
    unsigned Column = R.Where->Start.Column, LineStart = R.Where->Offset - (Column - 1);
    std::string Line;
    for (unsigned I = 0; I + 1 < Column; ++I)
      Line += I < Text.size() && Text[I] == '\t' ? '\t' : ' ';
    for (const Region &Range : R.Underlined) {
      if (Range.Offset < LineStart)
        continue;
      size_t From = Range.Offset - LineStart;
      size_t To = std::min<size_t>(From + Range.Length, Text.size());
      if (To > Line.size())
        Line.resize(To, ' ');
      for (size_t I = From; I < To; ++I)
        if (Text[I] != '\t')
          Line[I] = '~';
    }
    if (Line.size() < Column)
      Line.resize(Column, ' ');
    Line[Column - 1] = '^';
    return Line;
  }

  void printSummary() {
    if (List.All.empty()) {
      OS << "no findings in " << counted(List.FilesChecked, "file") << '\n';
      return;
    }
    // The worst first; rules by name.
    std::map<Severity, std::map<StringRef, size_t>, std::greater<Severity>> Rules;
    std::map<Severity, size_t> Counts;
    size_t Errors = 0, Failures = 0, Missing = 0, Width = 0;
    for (const Finding &F : List.All) {
      Errors += F.IsCompileError;
      Failures += F.IsFailure && !F.Path.empty();
      Missing += F.IsFailure && F.Path.empty();
      if (F.IsCompileError || F.IsFailure)
        continue;
      ++Rules[F.Level == Severity::Info ? Severity::Info : Severity::Warning][F.Rule];
      ++Counts[F.Level];
      Width = std::max(Width, F.Rule.size());
    }
    for (const auto &[Level, ByRule] : Rules)
      for (const auto &[Rule, Count] : ByRule)
        OS << "  " << left_justify(Rule, Width) << "  " << Count
           << (Level == Severity::Info ? "  info\n" : "\n");
    size_t Findings = List.All.size() - Errors - Failures - Missing;
    OS << counted(Findings, "finding") << " in " << counted(List.FilesChecked, "file");
    if (std::string Parts = division(Counts); !Parts.empty())
      OS << ": " << Parts;
    if (Errors)
      OS << "; " << counted(Errors, "compile error");
    if (Failures)
      OS << "; " << counted(Failures, "file") << " could not be checked";
    if (Missing)
      OS << "; " << counted(Missing, "shard is", "shards are") << " missing";
    OS << '\n';
  }

  // Relative to the current directory where that is shorter to read.
  std::string shortened(StringRef Path) const {
    Path.consume_front(Cwd);
    return Path.str();
  }

  void bold(StringRef Text) { styled(raw_ostream::SAVEDCOLOR, Text); }
  void colored(raw_ostream::Colors C, StringRef Text) { styled(C, Text); }
  void styled(raw_ostream::Colors C, StringRef Text) {
    if (Color)
      OS.changeColor(C, /*Bold=*/true);
    OS << Text;
    if (Color)
      OS.resetColor();
  }

  const FindingList &List;
  bool Color;
  raw_ostream &OS;
  SmallString<256> Cwd;
};

} // namespace

void printText(const FindingList &List, bool Color, raw_ostream &OS) {
  // A page of colours needs a stream that lets them through, wherever it leads.
  if (Color)
    OS.enable_colors(true);
  TextPrinter(List, Color, OS).print();
}

} // namespace torchtidy
