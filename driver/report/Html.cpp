#include "report/Formats.h"
#include "report/HtmlPage.inc"
#include "support/Clang.h"
#include <map>
#include <set>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr unsigned ContextLines = 3; // as in report.js

// The findings as JSON for the page's script. Lines of code stand once, with their file.
class PageData {
public:
  PageData(const FindingList &List, raw_ostream &OS) : List(List), Out(OS) {
    for (const Finding &F : List.All) {
      collect(F.Main);
      for (const Remark &Note : F.Notes)
        collect(Note);
      for (const ProposedFix *Fix : F.fixes())
        for (const Edit &E : Fix->Edits)
          indexOf(*E.Where.File);
    }
  }

  void print() {
    Out.object([&] {
      Out.attribute("version", TORCHTIDY_VERSION);
      Out.attribute("checked", int64_t(List.FilesChecked));
      Out.attributeObject("rules", [&] { rules(); });
      Out.attributeArray("files", [&] {
        for (const SourceFile *File : Files)
          Out.object([&] { file(*File); });
      });
      Out.attributeArray("findings", [&] {
        for (size_t I : List.worstFirst())
          Out.object([&] { finding(List.All[I]); });
      });
    });
    Out.flush();
  }

private:
  void collect(const Remark &R) {
    if (!R.Where)
      return;
    const SourceFile &File = *R.Where->File;
    indexOf(File);
    unsigned Line = R.Where->Start.Line;
    for (unsigned I = Line > ContextLines ? Line - ContextLines : 1; I <= Line + ContextLines; ++I)
      if (I <= File.lineCount())
        Lines[&File].insert(I);
  }

  int64_t indexOf(const SourceFile &File) {
    auto [It, New] = FileIndex.try_emplace(&File, int64_t(Files.size()));
    if (New)
      Files.push_back(&File);
    return It->second;
  }

  void rules() {
    std::map<std::string, const RuleInfo *> Used;
    for (const Finding &F : List.All)
      Used[F.Rule] = F.Info;
    for (const auto &[Name, Info] : Used)
      Out.attributeObject(Name, [&, &Name = Name, Info = Info] {
        Out.attribute("summary", Info ? Info->Summary : StringRef("a check of clang's"));
        Out.attribute("url", ruleUrl(Name));
      });
  }

  void file(const SourceFile &File) {
    Out.attribute("path", json::fixUTF8(File.Name));
    Out.attributeObject("lines", [&] {
      for (unsigned Line : Lines[&File])
        Out.attribute(std::to_string(Line), json::fixUTF8(File.line(Line)));
    });
  }

  void finding(const Finding &F) {
    Out.attribute("rule", F.Rule);
    Out.attribute("level", toString(F.Level));
    Out.attribute("fingerprint", F.Fingerprint);
    if (!F.Main.Where)
      Out.attribute("path", F.Path);
    remark(F.Main);
    Out.attributeArray("notes", [&] {
      for (const Remark &Note : F.Notes)
        Out.object([&] { remark(Note); });
    });
    Out.attributeArray("fixes", [&] {
      for (const ProposedFix *Fix : F.fixes())
        Out.object([&] { fix(*Fix); });
    });
  }

  void remark(const Remark &R) {
    Out.attribute("message", R.Message);
    Out.attribute("file", R.Where ? indexOf(*R.Where->File) : int64_t(-1));
    if (!R.Where)
      return;
    const Region &W = *R.Where;
    // A mark that goes on over several lines ends with its first.
    unsigned End =
        W.End.Line == W.Start.Line ? W.End.Column : unsigned(W.File->line(W.Start.Line).size()) + 1;
    Out.attribute("line", int64_t(W.Start.Line));
    Out.attribute("column", int64_t(W.Start.Column));
    Out.attribute("from", int64_t(W.File->utf16Column(W.Start.Line, W.Start.Column)) - 1);
    Out.attribute("to", int64_t(W.File->utf16Column(W.Start.Line, End)) - 1);
  }

  void fix(const ProposedFix &Fix) {
    Out.attribute("safe", Fix.Safety == FixSafety::Safe);
    Out.attribute("label", labelOf(Fix));
    Out.attribute("message", Fix.Description);
    Out.attributeArray("hunks", [&] {
      for (const Hunk &H : hunksOf(Fix))
        Out.object([&] {
          Out.attribute("file", indexOf(*H.File));
          Out.attribute("line", int64_t(H.FirstLine));
          Out.attribute("before", json::Array(H.Before));
          Out.attribute("after", json::Array(H.After));
        });
    });
  }

  const FindingList &List;
  json::OStream Out;
  std::vector<const SourceFile *> Files;
  std::map<const SourceFile *, int64_t> FileIndex;
  std::map<const SourceFile *, std::set<unsigned>> Lines;
};

// Inside a script element "<" could end the element; in JSON it only stands in strings.
void printForScript(StringRef Json, raw_ostream &OS) {
  for (size_t At = Json.find('<'); At != StringRef::npos; At = Json.find('<')) {
    OS << Json.take_front(At) << "\\u003c";
    Json = Json.drop_front(At + 1);
  }
  OS << Json;
}

} // namespace

void printHtml(const FindingList &List, raw_ostream &OS) {
  std::string Json;
  raw_string_ostream JsonStream(Json);
  PageData(List, JsonStream).print();
  StringRef Rest = report_html;
  while (!Rest.empty()) {
    auto [Text, After] = Rest.split('@');
    OS << Text;
    auto [Part, Next] = After.split('@');
    Rest = Next;
    if (Part == "STYLE")
      OS << report_css;
    else if (Part == "SCRIPT")
      OS << report_js;
    else if (Part == "DATA")
      printForScript(Json, OS);
  }
}

} // namespace torchtidy
