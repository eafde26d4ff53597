#ifndef TORCHTIDY_CHECKS_GRAPHCYCLECHECK_H
#define TORCHTIDY_CHECKS_GRAPHCYCLECHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-graph-cycle: see rules/graph-cycle/rule.md.
class GraphCycleCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
