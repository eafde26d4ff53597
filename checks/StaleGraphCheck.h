#ifndef TORCHTIDY_CHECKS_STALEGRAPHCHECK_H
#define TORCHTIDY_CHECKS_STALEGRAPHCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-stale-graph: see rules/stale-graph/rule.md.
class StaleGraphCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
