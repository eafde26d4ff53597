#include "Clang.h"
#include "report/Formats.h"

using namespace llvm;

namespace torchtidy {
namespace {

// The schema is docs/using/json-schema.json.
class JsonPrinter {
public:
  JsonPrinter(const FindingList &List, raw_ostream &OS) : List(List), Out(OS, /*IndentSize=*/1) {}

  void print() {
    Out.object([&] {
      Out.attribute("version", int64_t(JsonFormatVersion));
      Out.attributeObject("tool", [&] {
        Out.attribute("name", "torch-tidy");
        Out.attribute("version", TORCHTIDY_VERSION);
        Out.attribute("llvm", LLVM_VERSION_STRING);
      });
      Out.attributeObject("summary", [&] {
        Out.attribute("files", int64_t(List.FilesChecked));
        Out.attribute("findings", int64_t(List.All.size()));
        for (Severity S : {Severity::Error, Severity::Warning, Severity::Info})
          Out.attribute(toString(S), int64_t(List.count(S)));
      });
      Out.attributeArray("findings", [&] {
        for (const Finding &F : List.All)
          Out.object([&] { finding(F); });
      });
    });
    Out.flush();
  }

private:
  void finding(const Finding &F) {
    Out.attribute("rule", F.Rule);
    Out.attribute("group", F.IsFailure        ? "not-checked"
                           : F.IsCompileError ? "compile-error"
                           : F.Info           ? toString(F.Info->Group)
                                              : StringRef("other"));
    Out.attribute("severity", toString(F.Level));
    Out.attribute("message", F.Main.Message);
    Out.attribute("path", F.Path);
    location(F.Main);
    Out.attribute("fingerprint", F.Fingerprint);
    Out.attribute("url", ruleUrl(F.Rule));
    Out.attributeArray("notes", [&] {
      for (const Remark &Note : F.Notes)
        Out.object([&] {
          Out.attribute("message", Note.Message);
          if (Note.Where)
            Out.attribute("path", json::fixUTF8(Note.Where->File->Name));
          location(Note);
        });
    });
    Out.attributeArray("fixes", [&] {
      for (const ProposedFix *Fix : F.fixes())
        Out.object([&] { fix(*Fix); });
    });
  }

  void location(const Remark &R) {
    if (R.Where)
      Out.attributeObject("range", [&] { range(*R.Where); });
  }

  void range(const Region &R) {
    for (auto [Name, P] : {std::pair("start", R.Start), std::pair("end", R.End)})
      Out.attributeObject(Name, [&, P = P] {
        Out.attribute("line", int64_t(P.Line));
        Out.attribute("column", int64_t(P.Column));
      });
    Out.attribute("offset", int64_t(R.Offset));
    Out.attribute("length", int64_t(R.Length));
  }

  void fix(const ProposedFix &Fix) {
    Out.attribute("safety", Fix.IsSafe ? "safe" : "unsafe");
    Out.attribute("message", Fix.Description);
    Out.attributeArray("edits", [&] {
      for (const Edit &E : Fix.Edits)
        Out.object([&] {
          Out.attribute("path", json::fixUTF8(E.Where.File->Name));
          Out.attributeObject("range", [&] { range(E.Where); });
          Out.attribute("text", E.Text);
        });
    });
  }

  const FindingList &List;
  json::OStream Out;
};

} // namespace

void printJson(const FindingList &List, raw_ostream &OS) {
  JsonPrinter(List, OS).print();
  OS << '\n';
}

} // namespace torchtidy
