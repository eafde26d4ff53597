#ifndef TORCHTIDY_CHECKS_CONSTANTPARAMETERCHECK_H
#define TORCHTIDY_CHECKS_CONSTANTPARAMETERCHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-constant-parameter: see rules/constant-parameter/rule.md.
class ConstantParameterCheck : public ModuleCheck {
public:
  using ModuleCheck::ModuleCheck;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;
};

} // namespace torchtidy

#endif
