#include "findings/BaselineRun.h"
#include "support/Clang.h"
#include "support/FilePaths.h"

using namespace llvm;

namespace torchtidy {

void BaselineRun::write(const Baseline &Findings, bool Incomplete) {
  if (Incomplete)
    return Tell.warning("the baseline was not written since not every file could be checked");
  save(Findings, Opts.WriteBaseline,
       Twine(Findings.size()) + " findings listed in '" + Opts.WriteBaseline +
           "'. Next: pass --baseline " + Opts.WriteBaseline);
}

void BaselineRun::tellKnown(size_t Met) const {
  if (Met)
    Tell.note(Twine(Met) + " findings of the baseline are not shown");
}

void BaselineRun::compare(Baseline &Known, const StringSet<> &Rules, ArrayRef<std::string> Files,
                          ArrayRef<std::string> Roots) {
  StringSet<> Names;
  SourceFiles Sources(Roots);
  for (const std::string &File : Files)
    Names.insert(Sources.get(File, "").Name);
  std::vector<BaselineEntry> Gone = Known.gone([&](const BaselineEntry &E) {
    bool Enabled = Rules.contains(E.Rule) || !StringRef(E.Rule).starts_with("torch-");
    bool Missing = none_of(
        Roots, [&](const std::string &Root) { return sys::fs::exists(absoluteIn(Root, E.Path)); });
    return Enabled && (Missing || Names.contains(E.Path));
  });
  if (Gone.empty())
    return;
  if (Opts.PruneBaseline) {
    Known.remove(Gone);
    return save(Known, Opts.Baseline,
                Twine(Gone.size()) + " fixed findings taken out of '" + Opts.Baseline + "'");
  }
  for (const BaselineEntry &E : Gone)
    Tell.note("no longer found: " + E.Path + ": " + E.Message + " [" + E.Rule + "]");
  Tell.note("Next: --prune-baseline takes these out of '" + Opts.Baseline + "'");
}

void BaselineRun::save(const Baseline &B, const std::string &Path, const Twine &Done) {
  if (Error E = B.save(Path)) {
    Tell.error(std::move(E));
    Failed = true;
    return;
  }
  Tell.note(Done);
}

} // namespace torchtidy
