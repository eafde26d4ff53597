// torch-unscoped-hook: a hook that is removed by hand on some paths only.
#ifndef TORCHTIDY_CHECKS_UNSCOPEDHOOKCHECK_H
#define TORCHTIDY_CHECKS_UNSCOPEDHOOKCHECK_H

#include "HookCheck.h"

namespace torchtidy {

class UnscopedHookCheck : public HookCheck {
public:
  using HookCheck::HookCheck;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
