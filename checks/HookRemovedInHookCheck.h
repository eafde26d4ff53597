// torch-hook-removed-in-hook: a hook that removes hooks of its own tensor while it runs.
#ifndef TORCHTIDY_CHECKS_HOOKREMOVEDINHOOKCHECK_H
#define TORCHTIDY_CHECKS_HOOKREMOVEDINHOOKCHECK_H

#include "HookCheck.h"

namespace torchtidy {

class HookRemovedInHookCheck : public HookCheck {
public:
  using HookCheck::HookCheck;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
