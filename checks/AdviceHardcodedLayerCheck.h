#ifndef TORCHTIDY_CHECKS_ADVICEHARDCODEDLAYERCHECK_H
#define TORCHTIDY_CHECKS_ADVICEHARDCODEDLAYERCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// Reusable blocks whose constructor fixes the types of norm and activation. See
/// rules/advice-hardcoded-layer/rule.md.
class AdviceHardcodedLayerCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
