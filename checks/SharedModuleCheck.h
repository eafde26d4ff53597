#ifndef TORCHTIDY_CHECKS_SHAREDMODULECHECK_H
#define TORCHTIDY_CHECKS_SHAREDMODULECHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-shared-module: see rules/shared-module/rule.md.
class SharedModuleCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
