#include "report/Formats.h"
#include "support/Clang.h"
#include "llvm/Support/Base64.h"
#include <set>

using namespace llvm;

namespace torchtidy {
namespace {

// The schema is docs/using/json-schema.json; JsonReader.h reads what is written here.
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
      if (List.Part)
        Out.attributeObject("shard", [&] {
          Out.attribute("index", int64_t(List.Part->Part.Index));
          Out.attribute("count", int64_t(List.Part->Part.Count));
          Out.attribute("files", int64_t(List.Part->Files));
          Out.attribute("wholeFiles", int64_t(List.Part->WholeFiles));
          Out.attribute("wholeDigest", List.Part->WholeDigest);
        });
      Out.attribute("complete", List.IsComplete);
      Out.attributeObject("summary", [&] {
        Out.attribute("files", int64_t(List.FilesChecked));
        Out.attribute("unfinished", int64_t(List.FilesUnfinished));
        Out.attribute("findings", int64_t(List.All.size()));
        for (Severity S : {Severity::Error, Severity::Warning, Severity::Info})
          Out.attribute(toString(S), int64_t(List.count(S)));
      });
      Out.attributeArray("findings", [&] {
        for (const Finding &F : List.All)
          Out.object([&] { finding(F); });
      });
      Out.attributeArray("sources", [&] {
        for (const SourceFile *File : filesByName())
          Out.object([&] { source(*File); });
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
    if (F.IsWarningAsError)
      Out.attribute("warningAsError", true);
    if (!F.Aliases.empty())
      Out.attribute("aliases", json::Array(F.Aliases));
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
      if (F.Main.Fix)
        Out.object([&] { fix(*F.Main.Fix, std::nullopt); });
      for (size_t I = 0; I < F.Notes.size(); ++I)
        if (F.Notes[I].Fix)
          Out.object([&] { fix(*F.Notes[I].Fix, I); });
    });
  }

  void location(const Remark &R) {
    if (!R.Where)
      return;
    Out.attributeObject("range", [&] { range(*R.Where); });
    if (!R.Underlined.empty())
      Out.attributeArray("underlined", [&] {
        for (const Region &Underlined : R.Underlined)
          Out.object([&] { range(Underlined); });
      });
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

  void fix(const ProposedFix &Fix, std::optional<size_t> Note) {
    Out.attribute("safety", toString(Fix.Safety));
    Out.attribute("message", Fix.Description);
    if (Note)
      Out.attribute("note", int64_t(*Note));
    Out.attributeArray("edits", [&] {
      for (const Edit &E : Fix.Edits)
        Out.object([&] {
          Out.attribute("path", json::fixUTF8(E.Where.File->Name));
          Out.attributeObject("range", [&] { range(E.Where); });
          Out.attribute("text", E.Text);
        });
    });
  }

  // Those that the findings speak of.
  std::vector<const SourceFile *> filesByName() const {
    std::set<const SourceFile *> Files;
    auto addFile = [&](const Remark &R) {
      if (R.Where)
        Files.insert(R.Where->File);
      if (R.Fix)
        for (const Edit &E : R.Fix->Edits)
          Files.insert(E.Where.File);
    };
    for (const Finding &F : List.All) {
      addFile(F.Main);
      for_each(F.Notes, addFile);
    }
    std::vector<const SourceFile *> Result(Files.begin(), Files.end());
    llvm::sort(Result, [](const SourceFile *A, const SourceFile *B) {
      return std::tie(A->Name, A->RealPath) < std::tie(B->Name, B->RealPath);
    });
    return Result;
  }

  void source(const SourceFile &File) {
    Out.attribute("path", json::fixUTF8(File.Name));
    if (json::isUTF8(File.text()))
      Out.attribute("text", File.text());
    else
      Out.attribute("base64", encodeBase64(File.text()));
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
