#include "model/modules/OptionalMembers.h"
#include "model/modules/NullUses.h"
#include "model/torch/Layers.h"

using namespace clang;

namespace torchtidy {

namespace {

using Ends = llvm::SmallVector<const PathState *, 16>;

bool hasName(const PathState &End, llvm::StringRef Name) {
  return llvm::any_of(End.Names, [&](const auto &Entry) { return Entry.first == Name; });
}

bool registersAt(const PathState &End, const Expr *Site) {
  return llvm::any_of(End.Names, [&](const auto &Entry) { return Entry.second == Site; });
}

bool isThere(const ValueDecl *Field, const PathState &End) {
  auto It = End.Values.find(Field);
  return It != End.Values.end() && It->second.Null != Nullness::Null;
}

// Something is made on the path to Absent that no path with the member makes.
bool standsIn(const PathState &Absent, const Ends &Present) {
  auto OnlyHere = [&](llvm::function_ref<bool(const PathState &)> Made) {
    return llvm::none_of(Present, [&](const PathState *End) { return Made(*End); });
  };
  for (const auto &[Name, Site] : Absent.Names)
    if (OnlyHere([&, S = Site](const PathState &End) { return registersAt(End, S); }))
      return true;
  for (const auto &[D, Value] : Absent.Values)
    if (isa<FieldDecl>(D) && Value.Null != Nullness::Null &&
        OnlyHere([&, Other = D](const PathState &End) { return isThere(Other, End); }))
      return true;
  return false;
}

} // namespace

bool isOptional(const FieldDecl *Field, llvm::ArrayRef<ConstructorOutcome> Outcomes) {
  if (layerOf(moduleOf(Field->getType())) == Layer::Functional) // archives leave it out
    return false;
  Ends Absent, Present;
  for (const ConstructorOutcome &Outcome : Outcomes)
    for (const PathState &End : Outcome.Ends)
      if (!End.Escaped && End.Values.count(Field))
        (isNullAt(Field, End) ? Absent : Present).push_back(&End);
  auto IsRegistered = [&](const PathState *End) { return End->Values.at(Field).Registered; };
  if (Present.empty() || !llvm::all_of(Present, IsRegistered))
    return false;
  return llvm::any_of(Absent, [&](const PathState *Without) {
    bool Misses = llvm::any_of(Present.front()->Names, [&](const auto &Entry) {
      return !hasName(*Without, Entry.first) && llvm::all_of(Present, [&](const PathState *With) {
        return hasName(*With, Entry.first);
      });
    });
    return Misses && !standsIn(*Without, Present);
  });
}

} // namespace torchtidy
