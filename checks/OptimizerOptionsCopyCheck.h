#ifndef TORCHTIDY_CHECKS_OPTIMIZEROPTIONSCOPYCHECK_H
#define TORCHTIDY_CHECKS_OPTIMIZEROPTIONSCOPYCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-optimizer-options-copy: see rules/optimizer-options-copy/rule.md.
class OptimizerOptionsCopyCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
