#include "keys/ComparisonPrinter.h"
#include "support/Messages.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

using namespace llvm;

namespace torchtidy {
namespace {

// So many keys of one other dtype are one line: the file was written in half precision.
constexpr size_t MaxDTypeLines = 4;

struct KindWords {
  StringLiteral Kind, Counted; // "2 of another shape"
};
constexpr KindWords Words[] = {{"renamed", "renamed"},
                               {"missing", "missing in the file"},
                               {"unexpected", "unexpected in the file"},
                               {"shape", "of another shape"},
                               {"dtype", "of another dtype"}};

std::string shapeText(const CheckpointEntry &Entry) {
  TreeTensor Tensor;
  if (Entry.Sizes)
    Tensor.Sizes.emplace(Entry.Sizes->begin(), Entry.Sizes->end());
  return shapeText(Tensor);
}

std::string placeText(StringRef File, unsigned Line) {
  return Line ? ("  " + File + ":" + Twine(Line)).str() : "";
}

// A key; all keys of a module; all keys.
std::string nameText(StringRef Name, bool IsModule) {
  return !IsModule ? Name.str() : Name.empty() ? "*" : (Name + ".*").str();
}

// Of the whole: the class.
std::string placeOf(const KeyDifference &D, const KeysReport &Class) {
  return D.Is == KeyDifference::Renamed && D.Key.empty() ? placeText(Class.File, Class.Line)
                                                         : placeText(D.File, D.Line);
}

std::string typeText(StringRef DType) { return DType.empty() ? std::string(Gap) : DType.str(); }

std::string differenceText(const KeyDifference &D) {
  switch (D.Is) {
  case KeyDifference::Renamed:
    return printable(nameText(D.FileKey, D.IsModule)) + " in the file, " +
           nameText(D.Key, D.IsModule) + " in the class" +
           (D.IsModule ? " (" + counted(D.Count, "key") + ")" : "");
  case KeyDifference::Missing:
    return D.Key + "  " + shapeText(D.InClass) + "  " + typeText(D.InClass.DType);
  case KeyDifference::Unexpected:
    return printable(D.FileKey) + "  " + shapeText(D.InFile) + "  " + typeText(D.InFile.DType);
  case KeyDifference::Shape:
    return D.Key + "  " + shapeText(D.InFile) + " in the file, " + shapeText(D.InClass) +
           " in the class";
  case KeyDifference::DType:
    return D.Key + "  " + D.InFile.DType + " in the file, " + D.InClass.DType + " in the class";
  }
  return "";
}

std::vector<std::string> notesOf(const ComparisonReport &Report) {
  std::vector<std::string> Notes;
  const Checkpoint &Against = Report.Against;
  const KeyComparison &Result = Report.Result;
  if (Against.IsChosen)
    Notes.push_back("the keys are those of the file's entry '" + printable(Against.Entry) +
                    "', its only dictionary of tensors");
  if (!Result.Wrapper.empty())
    Notes.push_back("all keys of the file begin with '" + Result.Wrapper +
                    "', as DataParallel and torch.compile write them: compared without it, but "
                    "take it off before loading");
  if (Against.LeftOutCount) {
    std::string Some;
    for (const std::string &One : Against.LeftOut)
      Some += (Some.empty() ? "" : ", ") + printable(One);
    Notes.push_back(counted(Against.LeftOutCount, "entry of the file is no tensor",
                            "entries of the file are no tensors") +
                    ": " + Some + (Against.LeftOut.size() < Against.LeftOutCount ? ", …" : ""));
  }
  for (const KeyDifference &D : Result.Differences)
    if (D.Is == KeyDifference::Renamed && D.Key.empty() && Against.Format == "LibTorch archive")
      Notes.push_back("the class may be a module of the file: --entry=" + printable(D.FileKey) +
                      " takes what is below");
  if (Result.MissingCounters)
    Notes.push_back("the file lacks " + std::to_string(Result.MissingCounters) +
                    " num_batches_tracked, as files of old versions do");
  if (Result.Unsure)
    Notes.push_back("of the keys that are the same, " + std::to_string(Result.Unsure) +
                    (Result.Unsure == 1 ? " has" : " have") +
                    " a size or dtype that is not known on one side");
  if (Result.MissingDoubtful)
    Notes.push_back("the file lacks " + counted(Result.MissingDoubtful, "key") +
                    " that the class may not register");
  for (const CoveredKeys &Some : Result.Covered) {
    const ListedKey &By = Some.By;
    StringRef Why = !By.Why.empty() ? By.Why : By.When;
    Notes.push_back((Some.Count ? counted(Some.Count, "key") + " of the file may belong to '"
                                : "no key of the file belongs to '") +
                    By.Name + "'" +
                    (Why.empty() ? "" : ", of which not all is known: " + Why.str()) +
                    placeText(By.File, By.Line));
  }
  return Notes;
}

void printSummary(const KeyComparison &Result, raw_ostream &OS) {
  OS << counted(Result.Same, "key is", "keys are") << " the same";
  if (Result.Differences.empty()) {
    OS << ", none differs\n";
    return;
  }
  size_t Counts[std::size(Words)] = {};
  for (const KeyDifference &D : Result.Differences)
    Counts[D.Is] += D.Count;
  for (auto [Count, Word] : zip(Counts, Words))
    if (Count)
      OS << ", " << Count << ' ' << Word.Counted;
  OS << '\n';
}

} // namespace

void printComparisonAsText(const ComparisonReport &Report, raw_ostream &OS) {
  const KeysReport &Class = Report.Class;
  OS << Class.Class << "  " << Class.File << ':' << Class.Line << "  against " << Report.Path
     << " (" << Report.Against.Format << ")\n";
  for (const std::string &Note : notesOf(Report))
    OS << "  note        " << Note << '\n';
  std::map<std::pair<StringRef, StringRef>, size_t> DTypes;
  for (const KeyDifference &D : Report.Result.Differences)
    if (D.Is == KeyDifference::DType)
      ++DTypes[{D.InFile.DType, D.InClass.DType}];
  for (const KeyDifference &D : Report.Result.Differences) {
    std::string Text = differenceText(D) + placeOf(D, Class);
    if (D.Is == KeyDifference::DType) {
      size_t &Count = DTypes[{D.InFile.DType, D.InClass.DType}];
      if (Count > MaxDTypeLines)
        Text = counted(Count, "key is ", "keys are ") + D.InFile.DType + " in the file, " +
               D.InClass.DType + " in the class";
      if (!Count)
        continue;
      if (Count > MaxDTypeLines)
        Count = 0;
    }
    OS << "  " << left_justify(Words[D.Is].Kind, 12) << Text << '\n';
  }
  printSummary(Report.Result, OS);
}

void printComparisonAsJson(const ComparisonReport &Report, raw_ostream &OS) {
  json::OStream Out(OS, /*IndentSize=*/1);
  auto Text = [](StringRef Words) { return json::fixUTF8(Words); };
  auto InFile = [&](const CheckpointEntry &Entry) {
    Out.attributeBegin("shape_in_file");
    if (Entry.Sizes)
      Out.value(json::Array(*Entry.Sizes));
    else
      Out.value(nullptr);
    Out.attributeEnd();
    Out.attribute("dtype_in_file", Entry.DType.empty() ? json::Value(nullptr) : Text(Entry.DType));
  };
  auto InClass = [&](const TreeTensor &Tensor) {
    Out.attributeBegin("shape");
    if (Tensor.Sizes)
      Out.array([&] {
        for (std::optional<int64_t> Size : *Tensor.Sizes)
          Out.value(Size ? json::Value(*Size) : json::Value(nullptr));
      });
    else
      Out.value(nullptr);
    Out.attributeEnd();
    Out.attribute("dtype", Tensor.DType.empty() ? json::Value(nullptr) : json::Value(Tensor.DType));
  };
  const KeysReport &Class = Report.Class;
  const KeyComparison &Result = Report.Result;
  Out.object([&] {
    Out.attribute("version", 1);
    Out.attribute("class", Class.Class);
    Out.attribute("file", Text(Class.File));
    Out.attribute("line", int64_t(Class.Line));
    Out.attributeObject("against", [&] {
      Out.attribute("path", Text(Report.Path));
      Out.attribute("format", Report.Against.Format);
      Out.attribute("entry", Text(Report.Against.Entry));
      Out.attribute("prefix", Result.Wrapper);
      Out.attribute("keys", int64_t(Report.Against.Entries.size()));
    });
    Out.attribute("same", int64_t(Result.Same));
    Out.attribute("notAllKnown", int64_t(Result.Unsure));
    Out.attributeArray("differences", [&] {
      for (const KeyDifference &D : Result.Differences)
        Out.object([&] {
          Out.attribute("kind", Words[D.Is].Kind);
          if (D.Is != KeyDifference::Unexpected)
            Out.attribute("key", Text(D.Key));
          if (D.Is != KeyDifference::Missing)
            Out.attribute("key_in_file", Text(D.FileKey));
          if (D.Is == KeyDifference::Renamed) {
            Out.attribute("module", D.IsModule);
            Out.attribute("keys", int64_t(D.Count));
          } else {
            if (D.Is != KeyDifference::Unexpected)
              InClass(D.InClass);
            if (D.Is != KeyDifference::Missing)
              InFile(D.InFile);
          }
          bool IsWhole = D.Is == KeyDifference::Renamed && D.Key.empty();
          if (D.Line || IsWhole) {
            Out.attribute("file", Text(IsWhole ? Class.File : D.File));
            Out.attribute("line", int64_t(IsWhole ? Class.Line : D.Line));
          }
        });
    });
    Out.attributeArray("notes", [&] {
      for (const std::string &Note : notesOf(Report))
        Out.value(Text(Note));
    });
  });
  OS << '\n';
}

} // namespace torchtidy
