#ifndef TORCHTIDY_CHECKS_GRADGUARDCHECK_H
#define TORCHTIDY_CHECKS_GRADGUARDCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

struct IdleGuard;

/// torch-grad-guard: see rules/grad-guard/rule.md.
class GradGuardCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void reportThread(const IdleGuard &Found, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
