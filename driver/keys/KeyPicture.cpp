#include "keys/KeyPicture.h"
#include "support/Messages.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include <deque>

using namespace llvm;

namespace torchtidy {
namespace {

// In pixels.
constexpr size_t Row = 28, Box = 22, Indent = 24, Margin = 16, Letter = 8, Gutter = 12;
// A picture of more boxes is no picture; the text has all.
constexpr size_t MaxBoxes = 1000;
constexpr size_t MaxRemark = 80;

struct Look {
  StringLiteral Class, Fill, Stroke, Meaning;
};
enum State { Registered, Unknown, Differs, OnlyInFile };
constexpr Look Looks[] = {{"registered", "#e3f2e6", "#3b7d4a", "registered"},
                          {"unknown", "#f0f0f0", "#777777", "not all is known"},
                          {"differs", "#fbe3e0", "#b3372c", "differs from the file"},
                          {"only", "#fff1d6", "#a86a00", "only in the file"}};

struct Module {
  StringRef Label;
  std::vector<Module *> Children;
  size_t Keys = 0;
  bool IsOnlyInFile = false;
  std::string Unknown, RenamedTo;
  size_t Counts[5] = {}; // of differences, by kind

  State state() const {
    if (IsOnlyInFile)
      return OnlyInFile;
    bool HasDifference = !RenamedTo.empty() || any_of(Counts, [](size_t N) { return N != 0; });
    return HasDifference ? Differs : Unknown.empty() ? Registered : State::Unknown;
  }
};

StringRef outer(StringRef Name) {
  return Name.take_front(Name.contains('.') ? Name.rfind('.') : 0);
}

class Picture {
public:
  Picture(const KeysReport &Report, ArrayRef<ListedModule> Modules, const KeyComparison *Compared)
      : HasFile(Compared) {
    Root.Label = Report.Class;
    ByName[""] = &Root;
    for (const ListedModule &M : Modules)
      make(M.Name);
    for (const ListedKey &Key : Report.Keys)
      add(Key);
    IsClassDone = true;
    if (Compared)
      for (const KeyDifference &D : Compared->Differences)
        add(D);
  }

  std::string draw() {
    draw(Root, 0);
    if (Boxes > MaxBoxes)
      text(0, "… and " + counted(Boxes - MaxBoxes, "module"), "more");
    size_t Bottom = Margin + Rows * Row;
    legend(Bottom);
    size_t Height = Bottom + Row + Margin;
    std::string Result;
    raw_string_ostream OS(Result);
    OS << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << Width << "\" height=\"" << Height
       << "\" viewBox=\"0 0 " << Width << ' ' << Height << "\">\n<style>\n"
       << "text { font: 13px ui-monospace, monospace; fill: #222 }\n.remark { fill: #666 }\n"
       << "rect { stroke-width: 1.2 }\npath { fill: none; stroke: #bbb }\n";
    for (const Look &L : Looks)
      OS << "." << L.Class << " { fill: " << L.Fill << "; stroke: " << L.Stroke
         << (L.Class == "unknown" ? "; stroke-dasharray: 4 3" : "") << " }\n";
    OS << "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" << Body << "</svg>\n";
    return Result;
  }

private:
  Module *make(StringRef Name) {
    if (auto It = ByName.find(Name); It != ByName.end())
      return It->second;
    Module *Above = make(outer(Name));
    Module &New = All.emplace_back();
    New.IsOnlyInFile = IsClassDone;
    auto It = ByName.try_emplace(Name, &New).first;
    New.Label = It->first().substr(Name.rfind('.') + 1);
    Above->Children.push_back(&New);
    return &New;
  }

  // The innermost that is known of those that have Name.
  Module *above(StringRef Name) {
    while (!Name.empty()) {
      Name = outer(Name);
      if (auto It = ByName.find(Name); It != ByName.end())
        return It->second;
    }
    return &Root;
  }

  void add(const ListedKey &Key) {
    Module *Of = above(Key.Name);
    if (Key.IsExact)
      ++Of->Keys;
    else if (Of->Unknown.empty())
      Of->Unknown = !Key.Why.empty() ? Key.Why : !Key.When.empty() ? Key.When : Key.Name;
  }

  void add(const KeyDifference &D) {
    if (D.Is == KeyDifference::Renamed && D.IsModule) {
      above(D.Key.empty() ? D.Key : D.Key + ".")->RenamedTo = D.FileKey;
      return;
    }
    if (D.Is != KeyDifference::Unexpected) {
      ++above(D.Key)->Counts[D.Is];
      return;
    }
    ++make(outer(D.FileKey))->Counts[D.Is];
  }

  std::string remarkOf(const Module &M) const {
    std::vector<std::string> Parts;
    if (M.Keys)
      Parts.push_back(counted(M.Keys, "key"));
    if (!M.RenamedTo.empty())
      Parts.push_back(printable(M.RenamedTo) + " in the file");
    constexpr StringLiteral Words[] = {"renamed", "missing", "unexpected", "of another shape",
                                       "of another dtype"};
    for (auto [Count, Word] : zip(M.Counts, Words))
      if (Count)
        Parts.push_back(std::to_string(Count) + " " + Word.str());
    if (!M.Unknown.empty())
      Parts.push_back("… " + M.Unknown);
    std::string Remark = join(Parts, ", ");
    if (Remark.size() > MaxRemark)
      Remark = json::fixUTF8(StringRef(Remark).take_front(MaxRemark)) + "…";
    return Remark;
  }

  static std::string escaped(StringRef Text) {
    std::string Result;
    raw_string_ostream OS(Result);
    printHTMLEscaped(printable(Text), OS);
    return Result;
  }

  void text(size_t X, const std::string &Words, StringRef Class) {
    Body += ("<text class=\"" + Class + "\" x=\"" + Twine(Margin + X) + "\" y=\"" +
             Twine(Margin + Rows * Row + 16) + "\">" + escaped(Words) + "</text>\n")
                .str();
    widen(X + Letter * Words.size());
  }

  void box(size_t X, size_t Y, size_t Wide, const Look &L) {
    Body += ("<rect class=\"" + L.Class + "\" x=\"" + Twine(Margin + X) + "\" y=\"" + Twine(Y) +
             "\" width=\"" + Twine(Wide) + "\" height=\"" + Twine(Box) + "\" rx=\"4\"/>\n")
                .str();
  }

  void widen(size_t Right) { Width = std::max(Width, Right + 2 * Margin); }

  void draw(const Module &M, size_t Depth) {
    if (++Boxes > MaxBoxes) {
      for (const Module *Child : M.Children)
        draw(*Child, Depth + 1);
      return;
    }
    size_t X = Depth * Indent, Y = Margin + Rows * Row;
    size_t Wide = Letter * printable(M.Label).size() + 2 * Gutter;
    box(X, Y, Wide, Looks[M.state()]);
    text(X + Gutter, printable(M.Label), "name");
    text(X + Wide + Gutter, remarkOf(M), "remark");
    size_t Middle = Y + Box / 2;
    ++Rows;
    for (const Module *Child : M.Children) {
      if (Boxes >= MaxBoxes) {
        draw(*Child, Depth + 1);
        continue;
      }
      size_t To = Margin + Rows * Row + Box / 2;
      Body += ("<path d=\"M" + Twine(Margin + X + Gutter) + " " + Twine(Middle + Box / 2) + "V" +
               Twine(To) + "h" + Twine(Indent - Gutter) + "\"/>\n")
                  .str();
      draw(*Child, Depth + 1);
    }
  }

  void legend(size_t Y) {
    size_t X = 0;
    for (const Look &L : ArrayRef(Looks).take_front(HasFile ? std::size(Looks) : 2)) {
      box(X, Y + 8, Box, L);
      Body += ("<text x=\"" + Twine(Margin + X + Box + 6) + "\" y=\"" + Twine(Y + 24) + "\">" +
               L.Meaning + "</text>\n")
                  .str();
      X += Box + 6 + Letter * L.Meaning.size() + 2 * Gutter;
    }
    widen(X);
  }

  const bool HasFile;
  bool IsClassDone = false; // what is made from then on is in the file alone
  Module Root;
  std::deque<Module> All;
  StringMap<Module *> ByName;
  std::string Body;
  size_t Boxes = 0;
  size_t Rows = 0;
  size_t Width = 0;
};

} // namespace

std::string keyPicture(const KeysReport &Report, ArrayRef<ListedModule> Modules,
                       const KeyComparison *Compared) {
  return Picture(Report, Modules, Compared).draw();
}

} // namespace torchtidy
