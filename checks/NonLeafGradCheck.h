#ifndef TORCHTIDY_CHECKS_NONLEAFGRADCHECK_H
#define TORCHTIDY_CHECKS_NONLEAFGRADCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-non-leaf-grad: see rules/non-leaf-grad/rule.md.
class NonLeafGradCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
