#include "Clang.h"
#include "report/Report.h"
#include <map>

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;

namespace torchtidy {
namespace {

class TextPrinter {
public:
  TextPrinter(const RunReport &Report, raw_ostream &OS) : Report(Report), OS(OS) {}

  void print() {
    for (const ClangTidyError &E : Report.Errors)
      printFinding(E);
    for (const ClangTidyError &E : Report.Findings)
      printFinding(E);
    printSummary();
  }

private:
  void printFinding(const ClangTidyError &E) {
    bool Error = E.DiagLevel == ClangTidyError::Error || E.IsWarningAsError;
    printMessage(E.Message, E.BuildDirectory, Error ? "error" : "warning",
                 Error ? raw_ostream::RED : raw_ostream::MAGENTA, E.DiagnosticName);
    for (const DiagnosticMessage &Note : E.Notes)
      printMessage(Note, E.BuildDirectory, "note", raw_ostream::CYAN, "");
    OS << '\n';
  }

  void printMessage(const DiagnosticMessage &M, StringRef Directory, StringRef Level,
                    raw_ostream::Colors Color, StringRef Rule) {
    LineColumn Where;
    if (!M.FilePath.empty())
      Where = locate(M.FilePath, Directory, M.FileOffset);
    if (Where.Line)
      bold(shortened(M.FilePath) + ":" + std::to_string(Where.Line) + ":" +
           std::to_string(Where.Column) + ": ");
    colored(Color, (Level + ": ").str());
    if (Rule.empty())
      OS << M.Message;
    else
      bold(M.Message);
    if (!Rule.empty())
      OS << " [" << Rule << "]";
    OS << '\n';
    if (Where.Line)
      printSource(Where, M);
  }

  void printSource(const LineColumn &Where, const DiagnosticMessage &M) {
    std::string Number = std::to_string(Where.Line);
    std::string Margin(std::max<size_t>(Number.size(), 5), ' ');
    OS << std::string(Margin.size() - Number.size(), ' ') << Number << " | " << Where.Text << '\n';
    OS << Margin << " | ";
    colored(raw_ostream::GREEN, underline(Where, M));
    OS << '\n';
  }

  // Tabs stay tabs, so that the caret lines up whatever their width.
  static std::string underline(const LineColumn &Where, const DiagnosticMessage &M) {
    std::string Line;
    for (unsigned I = 0; I + 1 < Where.Column; ++I)
      Line += I < Where.Text.size() && Where.Text[I] == '\t' ? '\t' : ' ';
    unsigned Start = M.FileOffset - (Where.Column - 1);
    for (const auto &Range : M.Ranges) {
      if (Range.FilePath != M.FilePath || Range.FileOffset < Start)
        continue;
      size_t From = Range.FileOffset - Start;
      size_t To = std::min<size_t>(From + Range.Length, Where.Text.size());
      if (To > Line.size())
        Line.resize(To, ' ');
      for (size_t I = From; I < To; ++I)
        if (Where.Text[I] != '\t')
          Line[I] = '~';
    }
    if (Line.size() < Where.Column)
      Line.resize(Where.Column, ' ');
    Line[Where.Column - 1] = '^';
    return Line;
  }

  void printSummary() {
    if (Report.Findings.empty() && Report.Errors.empty()) {
      OS << "no findings in " << files() << '\n';
      return;
    }
    std::map<std::string, unsigned> ByRule;
    for (const ClangTidyError &E : Report.Findings)
      ++ByRule[E.DiagnosticName];
    size_t Width = 0;
    for (const auto &[Rule, Count] : ByRule)
      Width = std::max(Width, Rule.size());
    for (const auto &[Rule, Count] : ByRule)
      OS << "  " << left_justify(Rule, Width) << "  " << Count << '\n';
    OS << Report.Findings.size() << (Report.Findings.size() == 1 ? " finding" : " findings")
       << " in " << files();
    if (!Report.Errors.empty())
      OS << "; " << Report.Errors.size() << " compile error"
         << (Report.Errors.size() == 1 ? "" : "s");
    OS << '\n';
  }

  std::string files() const {
    return std::to_string(Report.FilesChecked) + (Report.FilesChecked == 1 ? " file" : " files");
  }

  // Relative to the current directory where that is shorter to read.
  std::string shortened(StringRef Path) {
    if (Cwd.empty())
      sys::fs::current_path(Cwd);
    if (Path.starts_with(Cwd) && Path.size() > Cwd.size() + 1 && Path[Cwd.size()] == '/')
      return Path.drop_front(Cwd.size() + 1).str();
    return Path.str();
  }

  void bold(StringRef Text) {
    if (Report.Color)
      OS.changeColor(raw_ostream::SAVEDCOLOR, /*Bold=*/true);
    OS << Text;
    if (Report.Color)
      OS.resetColor();
  }
  void colored(raw_ostream::Colors Color, StringRef Text) {
    if (Report.Color)
      OS.changeColor(Color, /*Bold=*/true);
    OS << Text;
    if (Report.Color)
      OS.resetColor();
  }

  const RunReport &Report;
  raw_ostream &OS;
  SmallString<256> Cwd;
};

} // namespace

void printText(const RunReport &Report, raw_ostream &OS) { TextPrinter(Report, OS).print(); }

} // namespace torchtidy
