#ifndef TORCHTIDY_CHECKS_TARGETUPDATECHECK_H
#define TORCHTIDY_CHECKS_TARGETUPDATECHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-target-update: see rules/target-update/rule.md.
class TargetUpdateCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
