#ifndef TORCHTIDY_CHECKS_OPTIMIZERPARAMETERSCHECK_H
#define TORCHTIDY_CHECKS_OPTIMIZERPARAMETERSCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-optimizer-parameters: see rules/optimizer-parameters/rule.md.
class OptimizerParametersCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
