#ifndef TORCHTIDY_CHECKS_DISCARDEDRESULTCHECK_H
#define TORCHTIDY_CHECKS_DISCARDEDRESULTCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-discarded-result: see rules/discarded-result/rule.md.
class DiscardedResultCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void checkRebound(const clang::FunctionDecl *Function, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
