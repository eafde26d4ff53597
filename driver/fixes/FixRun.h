// Writes what was planned, or shows it as a diff, and keeps count.
#ifndef TORCHTIDY_DRIVER_FIXES_FIXRUN_H
#define TORCHTIDY_DRIVER_FIXES_FIXRUN_H

#include "findings/RunReport.h"
#include "fixes/ApplyFixes.h"
#include "support/Messages.h"
#include <optional>
#include <set>

namespace torchtidy {

class FixRun {
public:
  FixRun(bool DiffOnly, const Messages &Tell) : DiffOnly(DiffOnly), Tell(Tell) {}

  // Verb: what happened to the findings. True if files were changed.
  bool apply(const FixPlan &Plan, llvm::StringRef Verb);

  // Plans, applies and checks again, until nothing is left that only another fix stood in the way
  // of. False if Plan or CheckAgain was interrupted.
  bool fix(llvm::function_ref<std::optional<FixPlan>()> Plan,
           llvm::function_ref<bool()> CheckAgain);

  unsigned fixedFindings() const { return Fixed; }
  bool failed() const { return Failed; }
  bool tookBack() const { return TookBack; }

private:
  bool DiffOnly;
  const Messages &Tell;
  std::set<std::string> Told;
  unsigned Fixed = 0;
  bool Failed = false, TookBack = false;
};

// Answers FixOptions::HeldBackBy: what a unit that does not compile reads is left alone, and
// nothing else.
std::function<std::string(llvm::StringRef)>
heldBackBy(const RunReport &Report, llvm::ArrayRef<Unit> Units, llvm::ArrayRef<UnitResult> Results);

// Answers FixOptions::DigestOf with the texts that Results came from.
std::function<std::string(llvm::StringRef)> digestsOf(llvm::ArrayRef<UnitResult> Results);

} // namespace torchtidy

#endif
