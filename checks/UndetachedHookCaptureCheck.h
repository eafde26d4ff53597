// torch-undetached-hook-capture: a hook that keeps tensors together with their graphs.
#ifndef TORCHTIDY_CHECKS_UNDETACHEDHOOKCAPTURECHECK_H
#define TORCHTIDY_CHECKS_UNDETACHEDHOOKCAPTURECHECK_H

#include "HookCheck.h"

namespace torchtidy {

class UndetachedHookCaptureCheck : public HookCheck {
public:
  using HookCheck::HookCheck;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
