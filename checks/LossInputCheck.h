#ifndef TORCHTIDY_CHECKS_LOSSINPUTCHECK_H
#define TORCHTIDY_CHECKS_LOSSINPUTCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-loss-input: see rules/loss-input/rule.md.
class LossInputCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
