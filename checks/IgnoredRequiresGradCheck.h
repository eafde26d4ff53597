#ifndef TORCHTIDY_CHECKS_IGNOREDREQUIRESGRADCHECK_H
#define TORCHTIDY_CHECKS_IGNOREDREQUIRESGRADCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-ignored-requires-grad: see rules/ignored-requires-grad/rule.md.
class IgnoredRequiresGradCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void report(const clang::CallExpr *Call, const clang::Expr *Asked, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
