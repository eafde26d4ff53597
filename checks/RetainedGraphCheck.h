#ifndef TORCHTIDY_CHECKS_RETAINEDGRAPHCHECK_H
#define TORCHTIDY_CHECKS_RETAINEDGRAPHCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-retained-graph: see rules/retained-graph/rule.md.
class RetainedGraphCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
