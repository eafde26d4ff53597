#include "report/Formats.h"
#include "support/Clang.h"
#include <map>

using namespace llvm;

namespace torchtidy {
namespace {

// How many annotations of each kind GitHub shows a step; it drops the others without a word.
constexpr unsigned LimitOfKind = 10;

std::string escaped(StringRef Text, bool IsProperty) {
  std::string Result;
  for (char C : Text) {
    if (C == '%' || C == '\r' || C == '\n' || (IsProperty && (C == ':' || C == ','))) {
      Result += '%';
      Result += hexdigit(C >> 4);
      Result += hexdigit(C & 15);
    } else {
      Result += C;
    }
  }
  return Result;
}

StringRef commandOf(Severity S) { return S == Severity::Info ? "notice" : toString(S); }

void printAnnotation(const Finding &F, raw_ostream &OS) {
  OS << "::" << commandOf(F.Level) << " title=" << escaped(F.Rule, true);
  if (!F.Path.empty())
    OS << ",file=" << escaped(F.Path, true);
  if (F.Main.Where) {
    const Region &Where = *F.Main.Where;
    OS << ",line=" << Where.Start.Line;
    // Columns are kept by GitHub only within one line.
    if (Where.End.Line == Where.Start.Line)
      OS << ",endLine=" << Where.End.Line << ",col=" << Where.Start.Column
         << ",endColumn=" << Where.End.Column;
  }
  std::string Text = F.Main.Message;
  for (const Remark &Note : F.Notes) {
    Text += "\nnote: ";
    if (Note.Where)
      Text += json::fixUTF8(Note.Where->File->Name) + ":" + std::to_string(Note.Where->Start.Line) +
              ": ";
    Text += Note.Message;
  }
  OS << "::" << escaped(Text, false) << '\n';
}

// Plain text for the log. A line of the log that starts with "::" would be a command.
void printLogLine(const Finding &F, raw_ostream &OS) {
  OS << ' ' << F.Path << ':' << F.line() << ':' << F.column() << ": " << toString(F.Level) << ": "
     << escaped(F.Main.Message, false) << " [" << F.Rule << "]\n";
}

} // namespace

CutNotice printGithub(const FindingList &List, raw_ostream &OS) {
  std::map<Severity, unsigned> Shown;
  std::vector<const Finding *> Cut;
  // One notice is kept for saying what was cut.
  auto LimitOf = [](Severity S) { return LimitOfKind - (S == Severity::Info); };
  for (size_t I : List.worstFirst()) {
    const Finding &F = List.All[I];
    if (Shown[F.Level] == LimitOf(F.Level)) {
      Cut.push_back(&F);
      continue;
    }
    ++Shown[F.Level];
    printAnnotation(F, OS);
  }
  if (Cut.empty())
    return "";
  CutNotice Notice = std::to_string(Cut.size()) + " of " + std::to_string(List.All.size()) +
                     " findings have no annotation: GitHub shows " + std::to_string(LimitOfKind) +
                     " of a kind for each step. They are in the step's log";
  OS << "::group::" << Cut.size() << " more findings\n";
  for (const Finding *F : Cut)
    printLogLine(*F, OS);
  OS << "::endgroup::\n::notice title=torch-tidy::" << escaped(Notice, false) << '\n';
  return Notice;
}

} // namespace torchtidy
