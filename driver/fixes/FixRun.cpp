#include "fixes/FixRun.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Interrupt.h"

using namespace llvm;

namespace torchtidy {

bool FixRun::apply(const FixPlan &Plan, StringRef Verb) {
  for (const std::string &Why : Plan.Skipped)
    Tell.warning(Why);
  for (const std::string &What : Plan.TakenBack)
    Tell.warning(What);
  TookBack |= !Plan.TakenBack.empty();
  for (const auto &[Unit, Count] : Plan.HeldBack)
    if (Told.insert(Unit).second)
      Tell.warning(counted(Count, "fix was", "fixes were") + " not applied in '" + Unit +
                   "' and what it includes, since it does not compile. Next: put its errors right, "
                   "or pass --fix-errors");
  std::string Files = counted(Plan.Patches.size(), "file");
  if (DiffOnly) {
    printPatches(Plan.Patches, outs());
    Tell.note(counted(Plan.Applied, "finding") + " would be " + Verb + " in " + Files);
    return false;
  }
  if (Plan.Patches.empty())
    return false;
  for (const FilePatch &Patch : Plan.Patches) {
    if (wasInterrupted())
      return true;
    if (Error E = writePatch(Patch)) {
      Tell.error(std::move(E));
      Failed = true;
    }
  }
  Fixed += Plan.Applied;
  if (!Failed)
    Tell.note(counted(Plan.Applied, "finding") + " " + Verb + " in " + Files);
  return true;
}

// A fix may have been left out for overlapping another: it has its turn when the files were checked
// again.
bool FixRun::fix(function_ref<std::optional<FixPlan>()> NextPlan, function_ref<bool()> CheckAgain) {
  constexpr unsigned MaxRounds = 5;
  for (unsigned Round = 0; Round < MaxRounds; ++Round) {
    std::optional<FixPlan> Plan = NextPlan();
    if (!Plan)
      return false;
    if (!apply(*Plan, "fixed"))
      return true;
    if (!CheckAgain())
      return false;
    if (!Plan->Conflicts || Failed)
      return true;
  }
  return true;
}

std::function<std::string(StringRef)> heldBackBy(const RunReport &Report, ArrayRef<Unit> Units,
                                                 ArrayRef<UnitResult> Results) {
  auto Holders = std::make_shared<StringMap<std::string>>();
  for (size_t Index : Report.NotCompiling) {
    const std::string &File = Units[Index].File;
    Holders->try_emplace(realPath(File), File);
    for (const Dependency &D : Results[Index].Dependencies)
      if (!D.IsDirectory)
        Holders->try_emplace(realPath(D.Path), File);
  }
  return [Holders](StringRef Path) { return Holders->lookup(Path); };
}

std::function<std::string(StringRef)> digestsOf(ArrayRef<UnitResult> Results) {
  auto Digests = std::make_shared<StringMap<std::string>>();
  for (const UnitResult &R : Results)
    for (const Dependency &D : R.Dependencies) {
      SmallString<256> Real;
      if (!D.IsDirectory && !sys::fs::real_path(D.Path, Real))
        (*Digests)[Real] = D.Digest;
    }
  return [Digests](StringRef Path) { return Digests->lookup(Path); };
}

} // namespace torchtidy
