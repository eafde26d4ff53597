#include "keys/TorchFile.h"

#include "pickle.h"
#include "zip.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <unordered_map>

namespace torchtidy {
namespace {

using detail::FileBytes;
using detail::PickleNode;
using detail::PickleReader;
using Kind = PickleNode::Kind;

// Names and shapes of 100,000 tensors take less. They bound the memory that a hostile file takes.
constexpr uint64_t MaxPickle = uint64_t(64) << 20;
constexpr size_t MaxValues = size_t(1) << 22;
constexpr uint64_t MaxRecords = 1 << 20; // of a zip file: one a tensor
constexpr size_t MaxListed = 8;
constexpr unsigned MaxDepth = 100;

// The number that the format before PyTorch 1.6 begins with, as a pickle.
constexpr char LegacyMagic[] = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
constexpr uint64_t LegacyMagicSize = sizeof(LegacyMagic) - 1;

bool isLegacy(const FileBytes &File) {
  return File.holds(0, LegacyMagicSize) &&
         std::memcmp(File.data, LegacyMagic, LegacyMagicSize) == 0;
}

// A module of an archive is an object that was given its attributes.
const PickleNode *membersOf(const PickleNode &Node) {
  if (Node.is(Kind::dict))
    return &Node;
  if (Node.is(Kind::opaque) && Node.items.size() == 1 && Node.items[0]->is(Kind::dict))
    return Node.items[0];
  return nullptr;
}

bool isTensor(const PickleNode &Node) {
  if (Node.is(Kind::tensor))
    return true;
  // Sparse, quantized, conjugate, of dtypes that are not known here.
  auto Begins = [&](const char *With) { return Node.text.rfind(With, 0) == 0; };
  return Node.is(Kind::opaque) && (Begins("names 'torch._utils._rebuild_") ||
                                   Begins("is a tensor of ") || Begins("is a conjugate "));
}

template <typename Function> void forEachMember(const PickleNode &Dict, Function Do) {
  for (size_t I = 0; I + 1 < Dict.items.size(); I += 2)
    Do(*Dict.items[I], *Dict.items[I + 1]);
}

// Steps through values of a file, of which there may be more ways than values: a pickle may hold
// one dictionary any number of times, and in itself.
class Reading {
public:
  Reading(const PickleReader &Reader, bool IsArchive, Checkpoint &To)
      : IsArchive(IsArchive), Steps(16 * Reader.nodes().size() + 1000), To(To) {}

  void read(const PickleNode &Root, const std::string &Entry) {
    TORCH_CHECK(members(Root), "what it holds ", detail::described(Root),
                ", not a dictionary of tensors");
    const PickleNode *Dict = members(Root);
    if (!Entry.empty()) {
      const PickleNode *Found = find(*Dict, Entry);
      TORCH_CHECK(Found, "it has no entry '", Entry, "'", listed(candidates(*Dict)));
      TORCH_CHECK(members(*Found), "its entry '", Entry, "' ", detail::described(*Found),
                  ", not a dictionary", listed(candidates(*Dict)));
      To.Entry = Entry;
      Dict = members(*Found);
    } else if (!IsArchive && !holdsTensor(*Dict)) {
      Candidates Inner = candidates(*Dict);
      TORCH_CHECK(Inner.size() < 2, "it holds several dictionaries of tensors", listed(Inner));
      TORCH_CHECK(!Inner.empty() || Dict->items.empty(), "it holds no tensors");
      if (!Inner.empty()) {
        To.Entry = Inner[0].first;
        To.IsChosen = true;
        Dict = Inner[0].second;
      }
    }
    take(*Dict, "", 0);
  }

private:
  using Candidates = std::vector<std::pair<std::string, const PickleNode *>>;

  const PickleNode *members(const PickleNode &Node) const {
    return IsArchive || Node.is(Kind::dict) ? membersOf(Node) : nullptr;
  }

  void step() {
    TORCH_CHECK(Steps > 0, "it holds the same dictionaries again and again");
    --Steps;
  }

  bool holdsTensor(const PickleNode &Dict) {
    bool Holds = false;
    forEachMember(Dict, [&](const PickleNode &Key, const PickleNode &Value) {
      step();
      Holds |= Key.is(Kind::string) && isTensor(Value);
    });
    return Holds;
  }

  void addCandidates(const PickleNode &Dict, const std::string &Prefix, unsigned Depth,
                     Candidates &Found) {
    forEachMember(Dict, [&](const PickleNode &Key, const PickleNode &Value) {
      step();
      const PickleNode *Inner = members(Value);
      if (Found.size() > MaxListed || !Inner || !Key.is(Kind::string) || Depth > 8 ||
          Prefix.size() + Key.text.size() > MaxKeyName)
        return;
      std::string Name = Prefix + Key.text;
      if (holdsTensor(*Inner))
        Found.emplace_back(Name, Inner);
      else
        addCandidates(*Inner, Name + ".", Depth + 1, Found);
    });
  }

  Candidates candidates(const PickleNode &Root) {
    Candidates Found;
    addCandidates(Root, "", 0, Found);
    return Found;
  }

  static std::string listed(const Candidates &Found) {
    std::string Names;
    for (size_t I = 0; I < std::min(Found.size(), MaxListed); ++I)
      Names += (I ? ", '" : ": '") + Found[I].first + "'";
    if (Names.empty())
      return "";
    return Names + (Found.size() > MaxListed ? " and others" : "") +
           ". Next: choose one with --entry NAME";
  }

  const PickleNode *find(const PickleNode &Dict, const std::string &Path) {
    for (size_t Dot = Path.size(); Dot != std::string::npos && Dot > 0;
         Dot = Path.rfind('.', Dot - 1)) {
      const PickleNode *Found = nullptr;
      forEachMember(Dict, [&](const PickleNode &Key, const PickleNode &Value) {
        step();
        if (Key.is(Kind::string) && Path.compare(0, Dot, Key.text) == 0)
          Found = &Value;
      });
      if (Found && Dot == Path.size())
        return Found;
      if (const PickleNode *Inner = Found ? members(*Found) : nullptr)
        if (const PickleNode *Result = find(*Inner, Path.substr(Dot + 1)))
          return Result;
    }
    return nullptr;
  }

  void leaveOut(const std::string &Name, const std::string &Why) {
    if (To.LeftOut.size() < MaxListed)
      To.LeftOut.push_back("'" + Name + "' " + Why);
    ++To.LeftOutCount;
  }

  void take(const PickleNode &Dict, const std::string &Prefix, unsigned Depth) {
    TORCH_CHECK(Depth < MaxDepth, "its modules are nested more than ", MaxDepth, " deep");
    forEachMember(Dict, [&](const PickleNode &Key, const PickleNode &Value) {
      step();
      if (!Key.is(Kind::string))
        return leaveOut(Prefix + "…", "is a key that " + detail::described(Key));
      TORCH_CHECK(Prefix.size() + Key.text.size() <= MaxKeyName, "a key has more than ", MaxKeyName,
                  " characters");
      std::string Name = Prefix + Key.text;
      if (isTensor(Value))
        return add(Name, Value);
      if (IsArchive) {
        // Others are attributes: "training".
        if (const PickleNode *Inner = members(Value))
          take(*Inner, Name + ".", Depth + 1);
        return;
      }
      leaveOut(Name, detail::described(Value));
    });
  }

  void add(const std::string &Name, const PickleNode &Tensor) {
    NameBytes += Name.size();
    TORCH_CHECK(NameBytes <= MaxKeyNames, "its names take more than ", MaxKeyNames, " bytes");
    CheckpointEntry Entry{Name, std::nullopt, ""};
    if (Tensor.is(Kind::tensor)) {
      Entry.Sizes.emplace();
      for (const PickleNode *Size : Tensor.items[1]->items) {
        TORCH_CHECK(Size->integer >= 0, "tensor '", Name, "' has a negative size");
        Entry.Sizes->push_back(Size->integer);
      }
      if (const char *DType = detail::python_dtype(Tensor.dtype))
        Entry.DType = DType;
    }
    // Of a key that is there twice Python takes the last.
    auto [Place, IsNew] = Places.emplace(Name, To.Entries.size());
    if (IsNew)
      To.Entries.push_back(std::move(Entry));
    else
      To.Entries[Place->second] = std::move(Entry);
  }

  const bool IsArchive;
  size_t Steps, NameBytes = 0;
  Checkpoint &To;
  std::unordered_map<std::string, size_t> Places;
};

void readZip(const FileBytes &File, const std::string &Entry, Checkpoint &To) {
  auto Records = detail::zip_entries(File, MaxRecords);
  bool IsArchive = Records.count("constants.pkl") != 0;
  To.Format = IsArchive ? "LibTorch archive" : "torch.save";
  auto Pickle = Records.find("data.pkl");
  TORCH_CHECK(Pickle != Records.end(), "it is a zip file without data.pkl");
  const detail::ZipEntry &Where = Pickle->second;
  TORCH_CHECK(!Where.compressed, "its data.pkl is compressed, which torch.save does not do");
  TORCH_CHECK(Where.size <= MaxPickle, "its data.pkl is larger than 64 MiB");
  PickleReader Reader(File, Where.offset, Where.offset + Where.size, MaxValues);
  const PickleNode &Root = *Reader.read();
  Reading(Reader, IsArchive, To).read(Root, Entry);
}

// Behind the pickles: of each storage its number of elements, then the elements.
void checkStorages(const FileBytes &File, const PickleReader &Reader, const PickleNode &Keys) {
  std::unordered_map<std::string, uint64_t> Sizes;
  for (const PickleNode &Node : Reader.nodes())
    if (Node.is(Kind::storage))
      Sizes.emplace(Node.text, c10::elementSize(Node.dtype));
  uint64_t At = Reader.position();
  for (const PickleNode *Key : Keys.items) {
    auto Size = Key->is(Kind::string) ? Sizes.find(Key->text) : Sizes.end();
    if (Size == Sizes.end())
      return; // of a type that is not known here: how long it is, too
    TORCH_CHECK(File.holds(At, 8), "it was cut off");
    uint64_t Count = File.number(At, 8);
    TORCH_CHECK(Count <= File.size / Size->second && File.holds(At + 8, Count * Size->second),
                "it was cut off");
    At += 8 + Count * Size->second;
  }
}

void readLegacy(const FileBytes &File, const std::string &Entry, Checkpoint &To) {
  To.Format = "torch.save before 1.6";
  PickleReader Reader(File, LegacyMagicSize, std::min(File.size, LegacyMagicSize + MaxPickle),
                      MaxValues);
  const PickleNode &Version = *Reader.read();
  TORCH_CHECK(Version.is(Kind::integer) && Version.integer == 1001,
              "its version of the old torch.save format is not known");
  Reader.read(); // the machine
  const PickleNode &Root = *Reader.read();
  const PickleNode &Keys = *Reader.read();
  TORCH_CHECK(Keys.is(Kind::list), "its list of storages is missing");
  checkStorages(File, Reader, Keys);
  Reading(Reader, /*IsArchive=*/false, To).read(Root, Entry);
}

FileBytes bytesOf(const char *Data, uint64_t Size) {
  FileBytes File;
  File.data = Data;
  File.size = Size;
  return File;
}

} // namespace

bool looksLikeTorchFile(const char *Data, uint64_t Size) {
  FileBytes File = bytesOf(Data, Size);
  return detail::looks_like_zip(File) || isLegacy(File);
}

std::string readTorchFile(const char *Data, uint64_t Size, const std::string &Entry,
                          Checkpoint &To) {
  try {
    FileBytes File = bytesOf(Data, Size);
    if (isLegacy(File))
      readLegacy(File, Entry, To);
    else
      readZip(File, Entry, To);
    return "";
  } catch (const std::exception &Problem) {
    return Problem.what();
  }
}

} // namespace torchtidy
