#include "keys/KeyPrinter.h"
#include "support/Messages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace torchtidy {

static StringRef kindText(const ListedKey &Key) {
  return Key.Is == ListedKey::Parameter ? "parameter"
         : Key.Is == ListedKey::Buffer  ? "buffer"
                                        : "…";
}

std::string shapeText(const TreeTensor &Of) {
  if (!Of.Sizes)
    return "…";
  std::vector<std::string> Sizes;
  for (std::optional<int64_t> Size : *Of.Sizes)
    Sizes.push_back(Size ? std::to_string(*Size) : "…");
  return "[" + join(Sizes, ", ") + "]";
}

std::string printable(StringRef Name) {
  std::string Result;
  for (char C : json::fixUTF8(Name))
    Result += (unsigned char)C < 0x20 || C == 0x7f ? '?' : C;
  return Result;
}

static size_t columns(StringRef Text) {
  return size_t(count_if(Text, [](char C) { return (C & 0xc0) != 0x80; }));
}

static std::string padded(StringRef Text, size_t Width) {
  size_t Used = columns(Text);
  return (Text + std::string(Width > Used ? Width - Used : 0, ' ')).str();
}

void printKeysAsText(const KeysReport &Report, raw_ostream &OS) {
  std::vector<std::array<std::string, 4>> Rows;
  size_t Counts[3] = {}, Widths[4] = {};
  for (const ListedKey &Key : Report.Keys) {
    ++Counts[Key.Is];
    bool IsOpen = Key.Is == ListedKey::Open;
    Rows.push_back({Key.Name, kindText(Key).str(), IsOpen ? "" : shapeText(Key.Of),
                    IsOpen                 ? ""
                    : Key.Of.DType.empty() ? "…"
                                           : Key.Of.DType});
    for (auto [Width, Text] : zip(Widths, Rows.back()))
      Width = std::max(Width, columns(Text));
  }
  OS << Report.Class << "  " << Report.File << ':' << Report.Line << '\n';
  for (auto [Row, Key] : zip(Rows, Report.Keys)) {
    std::string Line;
    for (auto [Width, Text] : zip(Widths, Row))
      Line += "  " + padded(Text, Width);
    if (Key.Line)
      Line += "  " + Key.File + ":" + std::to_string(Key.Line);
    if (!Key.Why.empty())
      Line += "  " + Key.Why;
    if (!Key.When.empty())
      Line += "  (" + Key.When + ")";
    OS << StringRef(Line).rtrim() << '\n';
  }
  OS << counted(Counts[ListedKey::Parameter], "parameter") << ", "
     << counted(Counts[ListedKey::Buffer], "buffer");
  if (Counts[ListedKey::Open])
    OS << ", " << counted(Counts[ListedKey::Open], "place") << " where more is not known";
  OS << '\n';
}

void printKeysAsJson(const KeysReport &Report, raw_ostream &OS) {
  json::OStream Out(OS, /*IndentSize=*/1);
  Out.object([&] {
    Out.attribute("version", 1);
    Out.attribute("class", Report.Class);
    Out.attribute("file", json::fixUTF8(Report.File));
    Out.attribute("line", int64_t(Report.Line));
    Out.attributeArray("keys", [&] {
      for (const ListedKey &Key : Report.Keys)
        Out.object([&] {
          Out.attribute("key", json::fixUTF8(Key.Name));
          Out.attribute("exact", Key.IsExact);
          Out.attribute("kind", Key.Is == ListedKey::Open ? StringRef("unknown") : kindText(Key));
          if (Key.Is != ListedKey::Open) {
            if (Key.Of.Sizes)
              Out.attributeArray("shape", [&] {
                for (std::optional<int64_t> Size : *Key.Of.Sizes)
                  Out.value(Size ? json::Value(*Size) : json::Value(nullptr));
              });
            else
              Out.attribute("shape", nullptr);
            Out.attribute("dtype",
                          Key.Of.DType.empty() ? json::Value(nullptr) : json::Value(Key.Of.DType));
          }
          if (Key.Line) {
            Out.attribute("file", json::fixUTF8(Key.File));
            Out.attribute("line", int64_t(Key.Line));
          }
          if (!Key.Why.empty())
            Out.attribute("why", json::fixUTF8(Key.Why));
          if (!Key.When.empty())
            Out.attribute("when", json::fixUTF8(Key.When));
        });
    });
  });
  OS << '\n';
}

} // namespace torchtidy
