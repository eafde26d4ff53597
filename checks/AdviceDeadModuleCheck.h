#ifndef TORCHTIDY_CHECKS_ADVICEDEADMODULECHECK_H
#define TORCHTIDY_CHECKS_ADVICEDEADMODULECHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-advice-dead-module: see rules/advice-dead-module/rule.md.
class AdviceDeadModuleCheck : public ModuleCheck {
public:
  using ModuleCheck::ModuleCheck;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;
};

} // namespace torchtidy

#endif
