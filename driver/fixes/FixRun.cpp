#include "fixes/FixRun.h"
#include "support/Clang.h"
#include "support/Interrupt.h"

using namespace llvm;

namespace torchtidy {

bool FixRun::apply(const FixPlan &Plan, StringRef Verb) {
  for (const std::string &Why : Plan.Skipped)
    Tell.warning(Why);
  size_t Count = Plan.Patches.size();
  std::string Files = std::to_string(Count) + (Count == 1 ? " file" : " files");
  if (DiffOnly) {
    printPatches(Plan.Patches, outs());
    Tell.note(Twine(Plan.Applied) +
              (Plan.Applied == 1 ? " finding would be " : " findings would be ") + Verb + " in " +
              Files);
    return false;
  }
  if (Plan.Patches.empty())
    return false;
  for (const FilePatch &Patch : Plan.Patches) {
    if (wasInterrupted())
      return true;
    if (Error E = writePatch(Patch)) {
      Tell.error(toString(std::move(E)));
      Failed = true;
    }
  }
  Fixed += Plan.Applied;
  if (!Failed)
    Tell.note(Twine(Plan.Applied) + (Plan.Applied == 1 ? " finding " : " findings ") + Verb +
              " in " + Files);
  return true;
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
