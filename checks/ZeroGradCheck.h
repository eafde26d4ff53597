#ifndef TORCHTIDY_CHECKS_ZEROGRADCHECK_H
#define TORCHTIDY_CHECKS_ZEROGRADCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-zero-grad: see rules/zero-grad/rule.md.
class ZeroGradCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
