#include "RuleTable.h"

namespace torchtidy {

namespace {
#include "RuleTable.inc"
} // namespace

llvm::ArrayRef<RuleInfo> allRules() { return llvm::ArrayRef<RuleInfo>(Rules, RuleCount); }

const RuleInfo *findRule(llvm::StringRef Name) {
  for (const RuleInfo &Rule : allRules())
    if (Rule.Name == Name || Rule.Slug == Name)
      return &Rule;
  return nullptr;
}

llvm::StringRef toString(RuleGroup Group) {
  switch (Group) {
  case RuleGroup::Bug:
    return "bug";
  case RuleGroup::Convention:
    return "convention";
  case RuleGroup::Advice:
    return "advice";
  }
  return "";
}

llvm::StringRef toString(FixSafety Fix) {
  switch (Fix) {
  case FixSafety::None:
    return "none";
  case FixSafety::Safe:
    return "safe";
  case FixSafety::ChangesArchives:
    return "changes-archives";
  case FixSafety::Unsafe:
    return "unsafe";
  }
  return "";
}

llvm::StringRef toString(RuleSpeed Speed) { return Speed == RuleSpeed::Fast ? "fast" : "slow"; }

} // namespace torchtidy
