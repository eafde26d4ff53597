#ifndef TORCHTIDY_CHECKS_DEADBACKWARDCHECK_H
#define TORCHTIDY_CHECKS_DEADBACKWARDCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-dead-backward: see rules/dead-backward/rule.md.
class DeadBackwardCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
