#include "report/Formats.h"
#include "support/Clang.h"
#include "support/Messages.h"
#include <map>

using namespace llvm;

namespace torchtidy {
namespace {

// XML 1.0 has no way to write most control characters.
std::string xmlText(StringRef Text) {
  std::string Result;
  for (char C : Text) {
    unsigned char Byte = static_cast<unsigned char>(C);
    if (C == '\n' || C == '\r' || C == '\t')
      (Result += "&#") += std::to_string(Byte) + ";";
    else if (Byte < 0x20)
      Result += "?";
    else if (C == '<')
      Result += "&lt;";
    else if (C == '>')
      Result += "&gt;";
    else if (C == '&')
      Result += "&amp;";
    else if (C == '"')
      Result += "&quot;";
    else
      Result += C;
  }
  return Result;
}

std::string placeOf(const Remark &R, StringRef Path) {
  if (!R.Where)
    return Path.str();
  return Path.str() + ":" + std::to_string(R.Where->Start.Line) + ":" +
         std::to_string(R.Where->Start.Column);
}

// What a finding is as the outcome of a test: one that could not do its work, one that failed, one
// that fails nothing and still shows what it has to say.
StringRef outcomeOf(const Finding &F) {
  if (F.IsCompileError || F.IsFailure)
    return "error";
  return F.Level == Severity::Info ? "skipped" : "failure";
}

class JunitPrinter {
public:
  JunitPrinter(const FindingList &List, raw_ostream &OS) : List(List), OS(OS) {
    for (const Finding &F : List.All)
      ByFile[F.Path].push_back(&F);
  }

  void print() {
    OS << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"torch-tidy\"";
    if (ByFile.empty()) {
      OS << " tests=\"1\" failures=\"0\" errors=\"0\">\n";
      printClean();
    } else {
      std::map<StringRef, size_t> Outcomes;
      for (const Finding &F : List.All)
        ++Outcomes[outcomeOf(F)];
      counts(Outcomes);
      OS << ">\n";
      for (const auto &[Path, Findings] : ByFile)
        printSuite(Path.empty() ? "(no file)" : Path, Findings);
    }
    OS << "</testsuites>\n";
  }

private:
  // Some readers take a report without a test for a failure.
  void printClean() {
    OS << "  <testsuite name=\"torch-tidy\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
       << "    <testcase name=\"no findings in " << counted(List.FilesChecked, "file")
       << "\" classname=\"torch-tidy\"/>\n"
       << "  </testsuite>\n";
  }

  void counts(std::map<StringRef, size_t> &Of) {
    OS << " tests=\"" << Of["error"] + Of["failure"] + Of["skipped"] << "\" failures=\""
       << Of["failure"] << "\" errors=\"" << Of["error"] << '"';
  }

  void printSuite(StringRef Path, ArrayRef<const Finding *> Findings) {
    OS << "  <testsuite name=\"" << xmlText(Path) << '"';
    std::map<StringRef, size_t> Outcomes;
    for (const Finding *F : Findings)
      ++Outcomes[outcomeOf(*F)];
    counts(Outcomes);
    OS << " skipped=\"" << Outcomes["skipped"] << "\">\n";
    for (const Finding *F : Findings)
      printCase(*F, Path);
    OS << "  </testsuite>\n";
  }

  void printCase(const Finding &F, StringRef Path) {
    StringRef Element = outcomeOf(F);
    OS << "    <testcase name=\"" << xmlText(F.Rule);
    if (F.line())
      OS << " at " << F.line() << ':' << F.column();
    OS << "\" classname=\"" << xmlText(Path) << "\">\n      <" << Element << " type=\""
       << toString(F.Level) << "\" message=\"" << xmlText(F.Main.Message) << "\">"
       << xmlText(placeOf(F.Main, Path) + ": " + F.Main.Message);
    for (const Remark &Note : F.Notes)
      OS << xmlText(
          "\n" + (Note.Where ? placeOf(Note, json::fixUTF8(Note.Where->File->Name)) + ": " : "") +
          "note: " + Note.Message);
    OS << "</" << Element << ">\n    </testcase>\n";
  }

  const FindingList &List;
  raw_ostream &OS;
  std::map<std::string, std::vector<const Finding *>> ByFile;
};

} // namespace

void printJunit(const FindingList &List, raw_ostream &OS) { JunitPrinter(List, OS).print(); }

} // namespace torchtidy
