#include "keys/NearNames.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/xxhash.h"
#include <map>

using namespace llvm;

namespace torchtidy {
namespace {

// Steps of the searches that compare each with each.
constexpr size_t MaxSteps = 1 << 18;
// Of names with more than this many parts the outer ones are looked at.
constexpr size_t MaxParts = 16;

std::string plain(StringRef Name, bool WithDigits = true) {
  std::string Result;
  for (char C : Name)
    if (!StringRef("._-").contains(C) && (WithDigits || !isDigit(C)))
      Result += toLower(C);
  return Result;
}

StringRef lastPart(StringRef Name) { return Name.substr(Name.rfind('.') + 1); }
bool isCounter(StringRef Name) { return lastPart(Name) == "num_batches_tracked"; }

// The modules above Name, the outermost first: "", "layer1", "layer1.0".
SmallVector<StringRef> modulesAbove(StringRef Name) {
  SmallVector<StringRef> Result{Name.take_front(0)};
  for (size_t Dot = Name.find('.'); Dot != StringRef::npos && Result.size() < MaxParts;
       Dot = Name.find('.', Dot + 1))
    Result.push_back(Name.take_front(Dot));
  return Result;
}

StringRef below(StringRef Module, StringRef Name) {
  return Name.drop_front(Module.empty() ? 0 : Module.size() + 1);
}

StringSet<> modulesOf(ArrayRef<StringRef> Names) {
  StringSet<> Result;
  for (StringRef Name : Names)
    for (StringRef Module : modulesAbove(Name))
      Result.insert(Module);
  return Result;
}

class Pairing {
public:
  Pairing(ArrayRef<StringRef> Ours, ArrayRef<StringRef> Theirs, ArrayRef<StringRef> Shared,
          function_ref<bool(size_t, size_t)> Fits)
      : Ours(Ours), Theirs(Theirs), Shared(Shared), SharedModules(modulesOf(Shared)), Fits(Fits),
        HasOurs(Ours.size()), HasTheirs(Theirs.size()) {}

  std::vector<NearPair> run() {
    pairEqual([](StringRef Name) { return plain(Name); }, /*MustFit=*/false);
    pairModules();
    pairEqual([](StringRef Name) { return plain(Name, /*WithDigits=*/false); }, /*MustFit=*/true);
    pairSlips();
    dropShifted();
    return std::move(Pairs);
  }

private:
  void take(size_t Our, size_t Their) {
    HasOurs[Our] = HasTheirs[Their] = true;
    Pairs.push_back({Our, Their});
  }

  // Names of which the same is left, and of no other.
  void pairEqual(function_ref<std::string(StringRef)> Rest, bool MustFit) {
    StringMap<std::pair<SmallVector<size_t, 1>, SmallVector<size_t, 1>>> ByRest;
    for (auto [I, Name] : enumerate(Ours))
      if (!HasOurs[I])
        ByRest[Rest(Name)].first.push_back(I);
    for (auto [I, Name] : enumerate(Theirs))
      if (!HasTheirs[I])
        ByRest[Rest(Name)].second.push_back(I);
    for (auto &Entry : ByRest) {
      auto &[A, B] = Entry.second;
      if (A.size() == 1 && B.size() == 1 && (!MustFit || Fits(A[0], B[0])))
        take(A[0], B[0]);
    }
  }

  // The modules that one side alone has, with what their keys are called in them.
  struct ModuleKeys {
    StringRef Name;
    std::string Plain;
    size_t Count = 0;
    uint64_t Sum = 0;                // of the names' hashes: their order says nothing
    SmallVector<size_t, 4> Keys;     // by what they are called below it
    SmallVector<size_t, 4> Counters; // which files of old versions lack
  };
  using Modules = std::vector<ModuleKeys>;

  Modules modulesOfRest(ArrayRef<StringRef> Names, ArrayRef<bool> Has) const {
    Modules Result;
    StringMap<size_t> Index;
    // A module of which a key has its partner is none that was renamed as a whole.
    StringSet<> Partial;
    for (auto [I, Name] : enumerate(Names))
      if (Has[I])
        for (StringRef Module : modulesAbove(Name))
          Partial.insert(Module);
    for (auto [I, Name] : enumerate(Names)) {
      if (Has[I])
        continue;
      for (StringRef Module : modulesAbove(Name)) {
        if (SharedModules.contains(Module) || Partial.contains(Module))
          continue;
        auto [It, IsNew] = Index.try_emplace(Module, Result.size());
        if (IsNew)
          Result.emplace_back();
        ModuleKeys &Keys = Result[It->second];
        if (IsNew) {
          Keys.Name = Module;
          Keys.Plain = plain(Module);
        }
        (isCounter(Name) ? Keys.Counters : Keys.Keys).push_back(I);
        if (isCounter(Name))
          continue;
        ++Keys.Count;
        Keys.Sum += xxh3_64bits(below(Module, Name));
      }
    }
    for (ModuleKeys &Module : Result)
      sort(Module.Keys, [&](size_t A, size_t B) {
        return below(Module.Name, Names[A]) < below(Module.Name, Names[B]);
      });
    stable_sort(Result, [](const ModuleKeys &A, const ModuleKeys &B) {
      return A.Name.count('.') + !A.Name.empty() < B.Name.count('.') + !B.Name.empty();
    });
    return Result;
  }

  bool haveSameKeys(const ModuleKeys &A, const ModuleKeys &B) {
    Steps += A.Keys.size();
    return A.Keys.size() == B.Keys.size() && all_of(zip(A.Keys, B.Keys), [&](auto Pair) {
             auto [Our, Their] = Pair;
             return below(A.Name, Ours[Our]) == below(B.Name, Theirs[Their]) && Fits(Our, Their);
           });
  }

  bool areFree(const ModuleKeys &A, const ModuleKeys &B) const {
    return none_of(A.Keys, [&](size_t Our) { return HasOurs[Our]; }) &&
           none_of(B.Keys, [&](size_t Their) { return HasTheirs[Their]; });
  }

  // Names that differ in their numbers alone are counted. If some of both sides have no partner, or
  // a number is another than that of its partner while others of the kind are there, the two
  // sides may count from different numbers: which is which nobody can tell from the names.
  void dropShifted() {
    struct Kind {
      size_t Ours = 0, Theirs = 0; // without a partner
      size_t All = 0;
      bool IsShifted = false;
    };
    StringMap<Kind> Kinds;
    auto KindOf = [](StringRef Name) { return plain(Name, /*WithDigits=*/false); };
    for (auto [I, Name] : enumerate(Ours)) {
      Kind &K = Kinds[KindOf(Name)];
      ++K.All;
      K.Ours += !HasOurs[I];
    }
    for (auto [I, Name] : enumerate(Theirs))
      if (!HasTheirs[I])
        ++Kinds[KindOf(Name)].Theirs;
    for (StringRef Name : Shared)
      ++Kinds[KindOf(Name)].All;
    for (const NearPair &Pair : Pairs) {
      StringRef Our = Ours[Pair.Missing], Their = Theirs[Pair.Unexpected];
      Kind &K = Kinds[KindOf(Our)];
      K.IsShifted |= K.All > 1 && KindOf(Our) == KindOf(Their) && plain(Our) != plain(Their);
    }
    erase_if(Pairs, [&](const NearPair &Pair) {
      StringRef Our = Ours[Pair.Missing], Their = Theirs[Pair.Unexpected];
      if (KindOf(Our) != KindOf(Their))
        return false;
      const Kind &K = Kinds[KindOf(Our)];
      return K.IsShifted || (K.Ours && K.Theirs);
    });
  }

  // The one of Choices that is nearest by name to M and has the same keys; null if two are, or
  // none.
  const ModuleKeys *nearest(const ModuleKeys &M, ArrayRef<const ModuleKeys *> Choices,
                            bool IsOurs) {
    const ModuleKeys *Best = nullptr;
    size_t Distance = 0;
    bool IsAlone = true;
    for (const ModuleKeys *Other : Choices) {
      if (++Steps > MaxSteps)
        return nullptr;
      if (!(IsOurs ? haveSameKeys(M, *Other) : haveSameKeys(*Other, M)))
        continue;
      size_t D = StringRef(M.Plain).edit_distance(Other->Plain);
      if (Best && D == Distance)
        IsAlone = false;
      if (Best && D >= Distance)
        continue;
      IsAlone = true;
      Best = Other;
      Distance = D;
    }
    return IsAlone ? Best : nullptr;
  }

  void pairModules() {
    SmallVector<bool> OursNow(HasOurs), TheirsNow(HasTheirs);
    Modules OurModules = modulesOfRest(Ours, OursNow),
            TheirModules = modulesOfRest(Theirs, TheirsNow);
    using Alike = std::vector<const ModuleKeys *>;
    std::map<std::pair<size_t, uint64_t>, std::pair<Alike, Alike>> ByKeys;
    for (const ModuleKeys &Module : OurModules)
      ByKeys[{Module.Count, Module.Sum}].first.push_back(&Module);
    for (const ModuleKeys &Module : TheirModules)
      ByKeys[{Module.Count, Module.Sum}].second.push_back(&Module);
    for (const ModuleKeys &Our : OurModules) {
      const auto &[OurAlike, TheirAlike] = ByKeys[{Our.Count, Our.Sum}];
      if (TheirAlike.empty() || !Our.Count || Steps > MaxSteps)
        continue;
      // Each is the other's nearest, whichever have found their partners already.
      const ModuleKeys *Best = nearest(Our, TheirAlike, /*IsOurs=*/true);
      if (Best && nearest(*Best, OurAlike, /*IsOurs=*/false) == &Our && areFree(Our, *Best))
        takeBelow(Our, *Best);
    }
  }

  void takeBelow(const ModuleKeys &A, const ModuleKeys &B) {
    for (auto [Our, Their] : zip(A.Keys, B.Keys))
      take(Our, Their);
    StringMap<size_t> ByName;
    for (size_t Their : B.Counters)
      ByName[below(B.Name, Theirs[Their])] = Their;
    for (size_t Our : A.Counters)
      if (auto It = ByName.find(below(A.Name, Ours[Our])); It != ByName.end())
        take(Our, It->second);
  }

  struct Slip {
    unsigned Distance;
    size_t Our, Their;
  };

  // Names that differ in a few letters, in the module or in what it has.
  void pairSlips() {
    std::vector<Slip> Slips;
    for (auto [I, Our] : enumerate(Ours)) {
      if (HasOurs[I])
        continue;
      for (auto [J, Their] : enumerate(Theirs)) {
        if (++Steps > MaxSteps)
          return takeSlips(std::move(Slips));
        if (HasTheirs[J])
          continue;
        bool IsNear =
            lastPart(Our) == lastPart(Their) ||
            Our.drop_back(lastPart(Our).size()) == Their.drop_back(lastPart(Their).size());
        unsigned Most = std::max<size_t>(2, std::min(Our.size(), Their.size()) / 6);
        if (!IsNear || !Fits(I, J))
          continue;
        unsigned D = Our.edit_distance(Their, /*AllowReplacements=*/true, Most);
        if (D <= Most)
          Slips.push_back({D, I, J});
      }
    }
    takeSlips(std::move(Slips));
  }

  void takeSlips(std::vector<Slip> Slips) {
    stable_sort(Slips, [](const Slip &A, const Slip &B) { return A.Distance < B.Distance; });
    DenseMap<std::pair<size_t, unsigned>, unsigned> OurChoices, TheirChoices;
    for (const Slip &One : Slips) {
      ++OurChoices[{One.Our, One.Distance}];
      ++TheirChoices[{One.Their, One.Distance}];
    }
    for (const Slip &One : Slips)
      if (!HasOurs[One.Our] && !HasTheirs[One.Their] && OurChoices[{One.Our, One.Distance}] == 1 &&
          TheirChoices[{One.Their, One.Distance}] == 1)
        take(One.Our, One.Their);
  }

  ArrayRef<StringRef> Ours, Theirs, Shared;
  StringSet<> SharedModules;
  function_ref<bool(size_t, size_t)> Fits;
  SmallVector<bool> HasOurs, HasTheirs;
  std::vector<NearPair> Pairs;
  size_t Steps = 0;
};

} // namespace

std::vector<NearPair> pairNearNames(ArrayRef<StringRef> Ours, ArrayRef<StringRef> Theirs,
                                    ArrayRef<StringRef> Shared,
                                    function_ref<bool(size_t, size_t)> Fits) {
  return Pairing(Ours, Theirs, Shared, Fits).run();
}

std::vector<Renaming> renamingsOf(ArrayRef<NearPair> Pairs, ArrayRef<StringRef> Ours,
                                  ArrayRef<StringRef> Theirs, ArrayRef<StringRef> Shared) {
  StringSet<> SharedModules = modulesOf(Shared);
  std::map<std::pair<StringRef, StringRef>, size_t> Index;
  std::vector<Renaming> Result;
  std::vector<NearPair> Sorted(Pairs.begin(), Pairs.end());
  sort(Sorted, [](const NearPair &A, const NearPair &B) { return A.Missing < B.Missing; });
  for (const NearPair &Pair : Sorted) {
    StringRef Our = Ours[Pair.Missing], Their = Theirs[Pair.Unexpected];
    bool IsModule = false;
    // The same parts at the end are not what was renamed. A module that the other side has under
    // its name was not, either.
    while (!Our.empty() && !Their.empty() && lastPart(Our) == lastPart(Their)) {
      auto Outer = [](StringRef Name) {
        return Name.take_front(Name.contains('.') ? Name.rfind('.') : 0);
      };
      if (SharedModules.contains(Outer(Our)) || SharedModules.contains(Outer(Their)))
        break;
      Our = Outer(Our);
      Their = Outer(Their);
      IsModule = true;
    }
    auto [It, IsNew] = Index.try_emplace({Our, Their}, Result.size());
    if (IsNew)
      Result.push_back({Our.str(), Their.str(), IsModule, {}});
    Result[It->second].Keys.push_back(Pair);
  }
  return Result;
}

} // namespace torchtidy
