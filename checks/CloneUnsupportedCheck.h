#ifndef TORCHTIDY_CHECKS_CLONEUNSUPPORTEDCHECK_H
#define TORCHTIDY_CHECKS_CLONEUNSUPPORTEDCHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-clone-unsupported: see rules/clone-unsupported/rule.md.
class CloneUnsupportedCheck : public ModuleCheck {
public:
  using ModuleCheck::ModuleCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;
};

} // namespace torchtidy

#endif
