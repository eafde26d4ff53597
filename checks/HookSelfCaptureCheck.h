// torch-hook-self-capture: a hook that owns the tensor it is registered on.
#ifndef TORCHTIDY_CHECKS_HOOKSELFCAPTURECHECK_H
#define TORCHTIDY_CHECKS_HOOKSELFCAPTURECHECK_H

#include "HookRule.h"

namespace torchtidy {

class HookSelfCaptureCheck : public HookRule {
public:
  using HookRule::HookRule;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
