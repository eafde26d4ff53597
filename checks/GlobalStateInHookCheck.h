// torch-global-state-in-hook: a hook that writes a variable that all threads and models share.
#ifndef TORCHTIDY_CHECKS_GLOBALSTATEINHOOKCHECK_H
#define TORCHTIDY_CHECKS_GLOBALSTATEINHOOKCHECK_H

#include "HookRule.h"

namespace torchtidy {

class GlobalStateInHookCheck : public HookRule {
public:
  using HookRule::HookRule;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
