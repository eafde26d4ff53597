// Proves fixes before they are written: the units that read the changed files are checked with the
// texts that the files would have. One that compiled has to compile, without a new finding; one
// that did not is no witness. Fixes that a unit does not bear are taken back, the rest stays.
#ifndef TORCHTIDY_DRIVER_FIXES_FIXPROOF_H
#define TORCHTIDY_DRIVER_FIXES_FIXPROOF_H

#include "engine/PatchedFiles.h"
#include "engine/Unit.h"
#include "engine/UnitResult.h"
#include "fixes/ApplyFixes.h"
#include <optional>

namespace torchtidy {

// What a proof compares of a unit. Lines are not: a fix moves and changes them.
struct UnitState {
  bool Compiles = false;
  std::map<std::string, unsigned> Findings; // how often, by rule, file and message

  static UnitState of(const UnitResult &Result);
};

class FixProof {
public:
  using Diagnostics = llvm::ArrayRef<clang::tidy::ClangTidyError>;
  struct Run {
    llvm::ArrayRef<Unit> Units;
    llvm::ArrayRef<UnitResult> Results; // what the units read
    llvm::ArrayRef<UnitState> Before;   // and what was found in them
    Diagnostics Findings;
    bool UnsafeFixes = false;
    std::function<FixPlan(Diagnostics)> Plan;
    // Checks units as if the files had these texts; nothing if the user interrupted.
    std::function<std::optional<std::vector<UnitResult>>(const std::vector<Unit> &, FileTexts)>
        Check;
  };

  explicit FixProof(Run Given);

  // The plan of those fixes of Candidates (indices of Findings) that hold together; nothing if the
  // user interrupted.
  std::optional<FixPlan> prove(llvm::ArrayRef<size_t> Candidates);

  // Indices of Findings whose fixes were taken back.
  llvm::ArrayRef<size_t> takenBack() const { return Guilty; }

  // The results of the units under the plan that prove() returned, by the unit's index.
  std::map<size_t, UnitResult> results() const;

private:
  struct Verdict {
    std::vector<size_t> Failing; // units
    std::string Why;             // of the first
  };
  struct Proven {
    std::string Why; // empty: the unit bears the texts
    UnitResult Result;
  };
  using Indices = std::vector<size_t>;

  FixPlan planOf(llvm::ArrayRef<size_t> Fixes) const;
  std::optional<Verdict> judge(llvm::ArrayRef<size_t> Fixes);
  bool tryOut(llvm::ArrayRef<size_t> Suspects);
  void takeBack(size_t Fix, llvm::StringRef Why);
  std::string objection(size_t Index, const UnitResult &After) const;
  std::map<size_t, std::string> affected(const FixPlan &Plan) const;

  Run Given;
  std::map<std::string, Indices> Readers;                      // units by the file that they read
  std::map<std::pair<size_t, std::string>, Proven> Remembered; // by the texts that a unit reads
  std::map<size_t, std::string> Last;                          // those of the plan last judged
  Indices Accepted, Guilty;
  std::vector<std::string> Told;
};

} // namespace torchtidy

#endif
