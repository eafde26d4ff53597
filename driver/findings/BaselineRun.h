// Writes a baseline after a run, or tells what of one is no longer found.
#ifndef TORCHTIDY_DRIVER_FINDINGS_BASELINERUN_H
#define TORCHTIDY_DRIVER_FINDINGS_BASELINERUN_H

#include "findings/Baseline.h"
#include "support/Messages.h"

namespace torchtidy {

struct BaselineOptions {
  std::string Baseline, WriteBaseline; // files; empty: none
  bool PruneBaseline = false;
};

class BaselineRun {
public:
  BaselineRun(BaselineOptions Opts, const Messages &Tell) : Opts(std::move(Opts)), Tell(Tell) {}

  // Incomplete: some file could not be checked, so that findings are missing.
  void write(const Baseline &Findings, bool Incomplete);

  // Met: how many findings of the run are known.
  void tellKnown(size_t Met) const;

  // An entry is gone if its rule was enabled and its file was among Files or exists no more.
  void compare(Baseline &Known, const llvm::StringSet<> &Rules, llvm::ArrayRef<std::string> Files,
               llvm::ArrayRef<std::string> Roots);

  bool failed() const { return Failed; }

private:
  void save(const Baseline &B, const std::string &Path, const llvm::Twine &Done);

  BaselineOptions Opts;
  const Messages &Tell;
  bool Failed = false;
};

} // namespace torchtidy

#endif
