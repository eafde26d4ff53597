#include "keys/Safetensors.h"
#include "support/Messages.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace torchtidy {
namespace {

// The reference implementation's limit.
constexpr uint64_t MaxHeader = 100'000'000;
// Of what stands behind one name: it is handed to a parser that recurses.
constexpr size_t MaxValue = 1 << 14;
constexpr unsigned MaxDepth = 4;

struct NamedType {
  StringLiteral Name, DType;
  uint64_t Bytes;
};
// As in the specification, and in Python.
constexpr NamedType Types[] = {
    {"BOOL", "bool", 1},     {"U8", "uint8", 1},
    {"I8", "int8", 1},       {"I16", "int16", 2},
    {"U16", "uint16", 2},    {"I32", "int32", 4},
    {"U32", "uint32", 4},    {"I64", "int64", 8},
    {"U64", "uint64", 8},    {"F16", "float16", 2},
    {"BF16", "bfloat16", 2}, {"F32", "float32", 4},
    {"F64", "float64", 8},   {"F8_E4M3", "float8_e4m3fn", 1},
    {"C64", "complex64", 8}, {"F8_E5M2", "float8_e5m2", 1},
};

Error damaged(const Twine &Why) { return failure("its header is damaged: " + Why); }

// Takes a large object apart without building it: each name, in quotes, and the text of its value.
Error forEachMember(StringRef Text, function_ref<Error(StringRef, StringRef)> Do) {
  auto EndOfString = [&](size_t At) {
    for (++At; At < Text.size() && Text[At] != '"'; ++At)
      At += Text[At] == '\\';
    return std::min(At + 1, Text.size());
  };
  auto Skip = [&](size_t At) {
    return std::min(Text.find_first_not_of(" \t\r\n", At), Text.size());
  };
  auto Is = [&](size_t At, char C) { return At < Text.size() && Text[At] == C; };

  size_t At = Skip(1);
  if (Is(At, '}'))
    return Error::success();
  while (true) {
    if (!Is(At, '"'))
      return damaged("a name is missing at byte " + Twine(8 + At));
    size_t End = EndOfString(At);
    StringRef Name = Text.slice(At, End);
    At = Skip(End);
    if (!Is(At, ':'))
      return damaged("':' is missing at byte " + Twine(8 + At));
    size_t Begin = At = Skip(At + 1);
    unsigned Depth = 0;
    for (; At < Text.size() && (Depth || !StringRef(",}").contains(Text[At])); ++At) {
      if (Text[At] == '"')
        At = EndOfString(At) - 1;
      else if (StringRef("{[").contains(Text[At]) && ++Depth > MaxDepth)
        return damaged("it is nested too deeply");
      else if (StringRef("}]").contains(Text[At]))
        --Depth;
    }
    if (Error E = Do(Name, Text.slice(Begin, At)))
      return E;
    if (Is(At, '}'))
      return Error::success();
    if (!Is(At, ','))
      return damaged("it ends too early");
    At = Skip(At + 1);
  }
}

struct Placed {
  uint64_t Begin = 0;
  CheckpointEntry Entry;
};

// The bytes of a tensor; none if there cannot be so many, or how many is not known.
std::optional<uint64_t> bytesOf(const CheckpointEntry &Entry, uint64_t Item) {
  if (is_contained(*Entry.Sizes, 0))
    return 0;
  uint64_t Bytes = Item;
  for (int64_t Size : *Entry.Sizes) {
    bool Overflows = false;
    Bytes = SaturatingMultiply<uint64_t>(Bytes, Size, &Overflows);
    if (Overflows)
      return std::nullopt;
  }
  return Bytes;
}

Expected<Placed> readEntry(StringRef QuotedName, StringRef Text, uint64_t DataSize) {
  if (QuotedName.size() > MaxKeyName || Text.size() > MaxValue)
    return damaged("the tensor at " + QuotedName.take_front(40) + " takes too much of it");
  auto Name = json::parse(QuotedName);
  if (!Name)
    return damaged(toString(Name.takeError()));
  Placed Result;
  Result.Entry.Name = Name->getAsString().value_or("").str();
  auto Wrong = [&](const Twine &Why) {
    return damaged("tensor '" + Twine(Result.Entry.Name) + "': " + Why);
  };
  auto Value = json::parse(Text);
  if (!Value)
    return Wrong(toString(Value.takeError()));
  const json::Object *Said = Value->getAsObject();
  const json::Array *Shape = Said ? Said->getArray("shape") : nullptr;
  const json::Array *Offsets = Said ? Said->getArray("data_offsets") : nullptr;
  std::optional<StringRef> DType = Said ? Said->getString("dtype") : std::nullopt;
  if (!Shape || !Offsets || !DType || Offsets->size() != 2)
    return Wrong("it lacks dtype, shape or data_offsets");
  Result.Entry.Sizes.emplace();
  for (const json::Value &Size : *Shape) {
    if (Size.getAsInteger().value_or(-1) < 0)
      return Wrong("its shape is no list of natural numbers");
    Result.Entry.Sizes->push_back(*Size.getAsInteger());
  }
  int64_t Begin = (*Offsets)[0].getAsInteger().value_or(-1);
  int64_t End = (*Offsets)[1].getAsInteger().value_or(-1);
  if (Begin < 0 || End < Begin)
    return Wrong("its data_offsets are no range");
  if (uint64_t(End) > DataSize)
    return failure("it was cut off: tensor '" + Twine(Result.Entry.Name) + "' ends at byte " +
                   Twine(End) + " of " + Twine(DataSize));
  Result.Begin = Begin;
  const NamedType *Type = find_if(Types, [&](const NamedType &T) { return T.Name == *DType; });
  if (Type == std::end(Types)) {
    Result.Entry.DType = DType->str();
    return Result;
  }
  Result.Entry.DType = Type->DType.str();
  if (bytesOf(Result.Entry, Type->Bytes) != uint64_t(End - Begin))
    return Wrong("its data_offsets do not fit its shape and dtype");
  return Result;
}

} // namespace

bool looksLikeSafetensors(StringRef File) {
  return File.size() > 8 && File[8] == '{' && support::endian::read64le(File.data()) <= MaxHeader;
}

Error readSafetensors(StringRef File, Checkpoint &To) {
  To.Format = "safetensors";
  uint64_t Size = support::endian::read64le(File.data());
  if (Size > File.size() - 8)
    return failure("it was cut off: its header would take " + Twine(Size) + " bytes of " +
                   Twine(File.size()));
  uint64_t DataSize = File.size() - 8 - Size;
  size_t NameBytes = 0;
  std::vector<Placed> Found;
  StringSet<> Names;
  if (Error E = forEachMember(File.substr(8, Size), [&](StringRef Name, StringRef Value) -> Error {
        if (Name == "\"__metadata__\"")
          return Error::success();
        auto Read = readEntry(Name, Value, DataSize);
        if (!Read)
          return Read.takeError();
        if (NameBytes += Name.size(); NameBytes > MaxKeyNames)
          return damaged("its names take more than " + Twine(MaxKeyNames) + " bytes");
        if (!Names.insert(Read->Entry.Name).second)
          return damaged("it names '" + Read->Entry.Name + "' twice");
        Found.push_back(std::move(*Read));
        return Error::success();
      }))
    return E;
  stable_sort(Found, [](const Placed &A, const Placed &B) { return A.Begin < B.Begin; });
  for (Placed &One : Found)
    To.Entries.push_back(std::move(One.Entry));
  return Error::success();
}

} // namespace torchtidy
