// torch-unscoped-hook: a hook that is removed by hand on some paths only.
#ifndef TORCHTIDY_CHECKS_UNSCOPEDHOOKCHECK_H
#define TORCHTIDY_CHECKS_UNSCOPEDHOOKCHECK_H

#include "HookRule.h"

namespace torchtidy {

class UnscopedHookCheck : public HookRule {
public:
  using HookRule::HookRule;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
