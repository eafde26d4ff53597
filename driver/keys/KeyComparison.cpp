#include "keys/KeyComparison.h"
#include "keys/NearNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace torchtidy {
namespace {

// What DistributedDataParallel, DataParallel and torch.compile put before each key.
constexpr StringLiteral Wrappers[] = {"module.", "_orig_mod."};

// Whether Name may be what Pattern stands for, with any text in place of each "…".
bool covers(StringRef Pattern, StringRef Name) {
  SmallVector<StringRef> Parts;
  Pattern.split(Parts, Gap);
  if (!Name.consume_front(Parts.front()) || !Name.consume_back(Parts.back()))
    return false;
  for (StringRef Part : ArrayRef(Parts).drop_front().drop_back()) {
    size_t At = Name.find(Part);
    if (At == StringRef::npos)
      return false;
    Name = Name.substr(At + Part.size());
  }
  return true;
}

bool shapesFit(const TreeTensor &Ours, const CheckpointEntry &Theirs) {
  if (!Ours.Sizes || !Theirs.Sizes)
    return true;
  return Ours.Sizes->size() == Theirs.Sizes->size() &&
         all_of(zip(*Ours.Sizes, *Theirs.Sizes), [](auto Pair) {
           auto [Our, Their] = Pair;
           return !Our || *Our == Their;
         });
}

bool dtypesFit(const TreeTensor &Ours, const CheckpointEntry &Theirs) {
  return Ours.DType.empty() || Theirs.DType.empty() || Ours.DType == Theirs.DType;
}

// A key of the class. Several ways to register it: the code does not decide which one is taken.
struct ClassKey {
  StringRef Name;
  SmallVector<const ListedKey *, 1> Ways;

  bool isCertain() const {
    return any_of(Ways, [](const ListedKey *Way) { return Way->When.empty(); });
  }
  bool fits(const CheckpointEntry &Entry) const {
    return any_of(Ways, [&](const ListedKey *Way) { return shapesFit(Way->Of, Entry); });
  }
};

class Comparer {
public:
  Comparer(ArrayRef<ListedKey> Keys, ArrayRef<ListedModule> Modules,
           ArrayRef<CheckpointEntry> Entries)
      : Modules(Modules), Entries(Entries) {
    StringMap<size_t> Covering;
    for (const ListedKey &Key : Keys) {
      if (!Key.IsExact) {
        if (Covering.try_emplace(Key.Name, Result.Covered.size()).second)
          Result.Covered.push_back({Key});
        continue;
      }
      auto [It, IsNew] = Index.try_emplace(Key.Name, ClassKeys.size());
      if (IsNew)
        ClassKeys.push_back({Key.Name, {}});
      ClassKeys[It->second].Ways.push_back(&Key);
    }
  }

  KeyComparison run() {
    nameEntries();
    match();
    rename();
    for (size_t Key = 0; Key < ClassKeys.size(); ++Key)
      report(Key);
    for (auto [Name, Entry] : zip(UnexpectedNames, Unexpected))
      if (Entry)
        Result.Differences.push_back(
            {KeyDifference::Unexpected, "", Name.str(), false, 1, {}, *Entry, "", 0});
    return std::move(Result);
  }

private:
  void nameEntries() {
    for (const CheckpointEntry &Entry : Entries)
      Names.push_back(Entry.Name);
    for (StringRef Wrapper : Wrappers) {
      auto Begins = [&](StringRef Name) { return Name.starts_with(Wrapper); };
      if (!all_of(Names, Begins) || any_of(ClassKeys, [&](auto &Key) { return Begins(Key.Name); }))
        continue;
      if (any_of(Result.Covered, [&](auto &Some) { return Begins(Some.By.Name); }))
        continue;
      for (StringRef &Name : Names)
        Name = Name.drop_front(Wrapper.size());
      Result.Wrapper += Wrapper;
    }
  }

  void match() {
    Partners.resize(ClassKeys.size());
    for (auto [Name, Entry] : zip(Names, Entries)) {
      if (auto It = Index.find(Name); It != Index.end()) {
        Partners[It->second] = &Entry;
        Shared.push_back(Name);
        continue;
      }
      auto Cover = find_if(Result.Covered,
                           [&, Name = Name](auto &Some) { return covers(Some.By.Name, Name); });
      if (Cover != Result.Covered.end()) {
        ++Cover->Count;
        continue;
      }
      UnexpectedNames.push_back(Name);
      Unexpected.push_back(&Entry);
    }
  }

  void rename() {
    std::vector<size_t> Missing;
    std::vector<StringRef> MissingNames;
    for (auto [I, Key] : enumerate(ClassKeys))
      if (!Partners[I] && Key.isCertain()) {
        Missing.push_back(I);
        MissingNames.push_back(Key.Name);
      }
    auto Fits = [&](size_t Our, size_t Their) {
      return ClassKeys[Missing[Our]].fits(*Unexpected[Their]);
    };
    std::vector<NearPair> Pairs = pairNearNames(MissingNames, UnexpectedNames, Shared, Fits);
    IsRenamed.resize(ClassKeys.size());
    for (const NearPair &Pair : Pairs) {
      Partners[Missing[Pair.Missing]] = Unexpected[Pair.Unexpected];
      IsRenamed[Missing[Pair.Missing]] = true;
    }
    for (Renaming &Found : renamingsOf(Pairs, MissingNames, UnexpectedNames, Shared)) {
      KeyDifference Difference;
      const ListedKey &First = *ClassKeys[Missing[Found.Keys[0].Missing]].Ways[0];
      Difference.File = First.File;
      Difference.Line = First.Line;
      if (Found.IsModule)
        if (const ListedModule *Module = registrationOf(Found.Ours)) {
          Difference.File = Module->File;
          Difference.Line = Module->Line;
        }
      Difference.Key = std::move(Found.Ours);
      Difference.FileKey = std::move(Found.Theirs);
      Difference.IsModule = Found.IsModule;
      Difference.Count = Found.Keys.size();
      Result.Differences.push_back(std::move(Difference));
    }
    for (const NearPair &Pair : Pairs)
      Unexpected[Pair.Unexpected] = nullptr;
  }

  const ListedModule *registrationOf(StringRef Name) const {
    const auto *It = find_if(Modules, [&](const ListedModule &M) { return M.Name == Name; });
    return It == Modules.end() ? nullptr : It;
  }

  void report(size_t At) {
    const ClassKey &Key = ClassKeys[At];
    const CheckpointEntry *Entry = Partners[At];
    if (!Entry) {
      if (!Key.isCertain())
        ++Result.MissingDoubtful;
      else if (isOldCounter(Key.Name))
        ++Result.MissingCounters;
      else
        add(KeyDifference::Missing, *Key.Ways[0], {});
      return;
    }
    const ListedKey *Way = nullptr, *SameType = nullptr;
    for (const ListedKey *Other : Key.Ways)
      if (shapesFit(Other->Of, *Entry)) {
        Way = Way ? Way : Other;
        if (dtypesFit(Other->Of, *Entry))
          SameType = Other;
      }
    if (!Way)
      add(KeyDifference::Shape, *Key.Ways[0], *Entry);
    else if (!SameType)
      add(KeyDifference::DType, *Way, *Entry);
    else if (!IsRenamed[At]) {
      ++Result.Same;
      Result.Unsure += !isKnown(SameType->Of) || !Entry->Sizes || Entry->DType.empty();
    }
  }

  static bool isKnown(const TreeTensor &Of) {
    return Of.Sizes && !Of.DType.empty() && none_of(*Of.Sizes, [](auto Size) { return !Size; });
  }

  // A counter that files of old versions lack: the layer has other keys, and they are there.
  bool isOldCounter(StringRef Name) const {
    if (!Name.ends_with("num_batches_tracked"))
      return false;
    StringRef Module = Name.drop_back(StringRef("num_batches_tracked").size());
    for (StringRef Own : {"running_mean", "running_var", "weight"})
      if (auto It = Index.find((Module + Own).str()); It != Index.end())
        return Partners[It->second] != nullptr;
    return true;
  }

  void add(KeyDifference::Kind Is, const ListedKey &Key, const CheckpointEntry &Entry) {
    StringRef FileKey =
        StringRef(Entry.Name).drop_front(Entry.Name.empty() ? 0 : Result.Wrapper.size());
    Result.Differences.push_back(
        {Is, Key.Name, FileKey.str(), false, 1, Key.Of, Entry, Key.File, Key.Line});
  }

  ArrayRef<ListedModule> Modules;
  ArrayRef<CheckpointEntry> Entries;
  std::vector<ClassKey> ClassKeys;
  StringMap<size_t> Index; // of ClassKeys, by name
  std::vector<const CheckpointEntry *> Partners;
  std::vector<bool> IsRenamed;
  std::vector<StringRef> Names; // of Entries, without a wrapper
  std::vector<StringRef> Shared, UnexpectedNames;
  std::vector<const CheckpointEntry *> Unexpected;
  KeyComparison Result;
};

} // namespace

KeyComparison compareKeys(ArrayRef<ListedKey> Keys, ArrayRef<ListedModule> Modules,
                          ArrayRef<CheckpointEntry> Entries) {
  return Comparer(Keys, Modules, Entries).run();
}

} // namespace torchtidy
