// torch-undetached-hook-capture: a hook that keeps tensors together with their graphs.
#ifndef TORCHTIDY_CHECKS_UNDETACHEDHOOKCAPTURECHECK_H
#define TORCHTIDY_CHECKS_UNDETACHEDHOOKCAPTURECHECK_H

#include "HookRule.h"

namespace torchtidy {

class UndetachedHookCaptureCheck : public HookRule {
public:
  using HookRule::HookRule;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
