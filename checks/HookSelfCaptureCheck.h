// torch-hook-self-capture: a hook that owns the tensor it is registered on.
#ifndef TORCHTIDY_CHECKS_HOOKSELFCAPTURECHECK_H
#define TORCHTIDY_CHECKS_HOOKSELFCAPTURECHECK_H

#include "HookCheck.h"

namespace torchtidy {

class HookSelfCaptureCheck : public HookCheck {
public:
  using HookCheck::HookCheck;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
