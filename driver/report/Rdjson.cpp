#include "report/Formats.h"
#include "support/Clang.h"

using namespace llvm;

namespace torchtidy {
namespace {

class RdjsonPrinter {
public:
  RdjsonPrinter(const FindingList &List, raw_ostream &OS) : List(List), Out(OS, 1) {}

  void print() {
    Out.object([&] {
      Out.attributeObject("source", [&] {
        Out.attribute("name", "torch-tidy");
        Out.attribute("url", homepage());
      });
      Out.attributeArray("diagnostics", [&] {
        for (const Finding &F : List.All)
          Out.object([&] { diagnostic(F); });
      });
    });
    Out.flush();
  }

private:
  void diagnostic(const Finding &F) {
    Out.attribute("message", messageWithNotes(F));
    Out.attributeObject("location", [&] {
      Out.attribute("path", F.Path);
      if (F.Main.Where)
        range(F.Main.Where->Start, F.Main.Where->End);
    });
    Out.attribute("severity", toString(F.Level).upper());
    Out.attributeObject("code", [&] {
      Out.attribute("value", F.Rule);
      Out.attribute("url", ruleUrl(F.Rule));
    });
    suggestions(F);
  }

  // reviewdog shows no notes of its own.
  static std::string messageWithNotes(const Finding &F) {
    std::string Text = F.Main.Message;
    for (const Remark &Note : F.Notes) {
      Text += "\nnote: ";
      if (Note.Where)
        Text += json::fixUTF8(Note.Where->File->Name) + ":" +
                std::to_string(Note.Where->Start.Line) + ": ";
      Text += Note.Message;
    }
    return Text;
  }

  void range(Position Start, Position End) {
    Out.attributeObject("range", [&] {
      for (auto [Name, P] : {std::pair("start", Start), std::pair("end", End)})
        Out.attributeObject(Name, [&, P = P] {
          Out.attribute("line", int64_t(P.Line));
          Out.attribute("column", int64_t(P.Column));
        });
    });
  }

  // Alternatives, all in the finding's file, each of one edit: reviewdog offers them one by one, so
  // that a fix of several edits becomes one that spans them.
  void suggestions(const Finding &F) {
    if (!F.Main.Where)
      return;
    std::vector<const ProposedFix *> Usable = F.fixes();
    erase_if(Usable, [&](const ProposedFix *Fix) {
      return any_of(Fix->Edits, [&](const Edit &E) { return E.Where.File != F.Main.Where->File; });
    });
    if (Usable.empty())
      return;
    Out.attributeArray("suggestions", [&] {
      for (const ProposedFix *Fix : Usable)
        Out.object([&] {
          range(Fix->Edits.front().Where.Start, Fix->Edits.back().Where.End);
          Out.attribute("text", spanningText(*Fix));
        });
    });
  }

  static std::string spanningText(const ProposedFix &Fix) {
    std::string Text;
    unsigned Done = Fix.Edits.front().Where.Offset;
    for (const Edit &E : Fix.Edits) {
      Text += E.Where.File->text().slice(Done, E.Where.Offset);
      Text += E.Text;
      Done = E.Where.Offset + E.Where.Length;
    }
    return json::fixUTF8(Text);
  }

  const FindingList &List;
  json::OStream Out;
};

} // namespace

void printRdjson(const FindingList &List, raw_ostream &OS) {
  RdjsonPrinter(List, OS).print();
  OS << '\n';
}

} // namespace torchtidy
