#include "RuleTable.h"
#include "commands/Commands.h"
#include "findings/Severity.h"
#include "options/Selection.h"
#include "support/Messages.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace torchtidy {
namespace {

void listRules() {
  size_t Width = 0;
  for (const RuleInfo &R : allRules())
    Width = std::max(Width, R.Name.size());
  for (RuleGroup Group : {RuleGroup::Bug, RuleGroup::Convention, RuleGroup::Advice}) {
    bool First = true;
    for (const RuleInfo &R : allRules()) {
      if (R.Group != Group)
        continue;
      if (First)
        outs() << toString(Group) << ": " << toString(severityOf(R))
               << (R.isOnByDefault() ? "" : ", off by default") << '\n';
      First = false;
      outs() << "  " << left_justify(R.Name, Width) << "  " << R.Summary << '\n';
    }
  }
}

void explainRule(const RuleInfo &R) {
  outs() << R.Name << ": " << R.Summary << "\n\n";
  outs() << "group: " << toString(R.Group) << (R.isOnByDefault() ? "" : ", off by default")
         << "; severity: " << toString(severityOf(R)) << "; since " << R.Since
         << "; fix: " << toString(R.Fix) << "; speed: " << toString(R.Speed) << '\n';
  for (const RuleOption &O : R.Options)
    outs() << "option " << R.Name << '.' << O.Name << " (" << O.Type << ", default '" << O.Default
           << "'): " << O.Help << '\n';
  outs() << '\n' << R.Page.trim() << '\n';
}

} // namespace

int runRuleCommand(const Options &Opts) {
  if (Opts.Arguments.empty()) {
    listRules();
    return Clean;
  }
  int Status = Clean;
  for (const std::string &Name : Opts.Arguments) {
    if (const RuleInfo *R = findRule(Name)) {
      explainRule(*R);
      continue;
    }
    Messages(Opts.Quiet)
        .error("there is no rule '" + Name + "'. Next: did you mean '" + nearestRule(Name) +
               "'? 'torch-tidy rule' lists all");
    Status = Unusable;
  }
  return Status;
}

} // namespace torchtidy
