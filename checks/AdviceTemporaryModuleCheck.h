#ifndef TORCHTIDY_CHECKS_ADVICETEMPORARYMODULECHECK_H
#define TORCHTIDY_CHECKS_ADVICETEMPORARYMODULECHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-advice-temporary-module: see rules/advice-temporary-module/rule.md.
class AdviceTemporaryModuleCheck : public ModuleCheck {
public:
  using ModuleCheck::ModuleCheck;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;
};

} // namespace torchtidy

#endif
