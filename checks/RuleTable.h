// The catalogue as data: what rules/ says about each rule, for the driver's listings and reports.
#ifndef TORCHTIDY_CHECKS_RULETABLE_H
#define TORCHTIDY_CHECKS_RULETABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace torchtidy {

enum class RuleGroup { Bug, Convention, Advice };
/// ChangesArchives: adds keys, so that archives written before no longer load as they are.
enum class FixSafety { None, Safe, ChangesArchives, Unsafe };
/// Slow rules are left out in an editor.
enum class RuleSpeed { Fast, Slow };

struct RuleOption {
  llvm::StringLiteral Name, Type, Default, Help;
};

struct RuleInfo {
  llvm::StringRef Name;    // torch-null-module
  llvm::StringRef Slug;    // null-module; the page is docs/rules/<slug>.md
  llvm::StringRef Summary; // one sentence without its full stop
  RuleGroup Group = RuleGroup::Bug;
  llvm::StringRef Since; // the first version of torch-tidy that has it
  FixSafety Fix = FixSafety::None;
  RuleSpeed Speed = RuleSpeed::Fast;
  llvm::ArrayRef<RuleOption> Options;
  llvm::StringRef Page; // Markdown, from "## What" on

  bool isOnByDefault() const { return Group != RuleGroup::Advice; }
};

/// Every rule, sorted by name.
llvm::ArrayRef<RuleInfo> allRules();

/// The rule of that name, with or without "torch-"; null when there is none.
const RuleInfo *findRule(llvm::StringRef Name);

llvm::StringRef toString(RuleGroup Group);
llvm::StringRef toString(FixSafety Fix);
llvm::StringRef toString(RuleSpeed Speed);

} // namespace torchtidy

#endif
