#ifndef TORCHTIDY_CHECKS_SEQUENTIALMISMATCHCHECK_H
#define TORCHTIDY_CHECKS_SEQUENTIALMISMATCHCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-sequential-mismatch: see rules/sequential-mismatch/rule.md.
class SequentialMismatchCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
