// torch-global-state-in-hook: a hook that writes a variable that all threads and models share.
#ifndef TORCHTIDY_CHECKS_GLOBALSTATEINHOOKCHECK_H
#define TORCHTIDY_CHECKS_GLOBALSTATEINHOOKCHECK_H

#include "HookCheck.h"

namespace torchtidy {

class GlobalStateInHookCheck : public HookCheck {
public:
  using HookCheck::HookCheck;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
