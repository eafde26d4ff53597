// torch-hook-removed-in-hook: a hook that removes hooks of its own tensor while it runs.
#ifndef TORCHTIDY_CHECKS_HOOKREMOVEDINHOOKCHECK_H
#define TORCHTIDY_CHECKS_HOOKREMOVEDINHOOKCHECK_H

#include "HookRule.h"

namespace torchtidy {

class HookRemovedInHookCheck : public HookRule {
public:
  using HookRule::HookRule;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
