// torch-unstored-hook-handle: a hook that outlives the statement and that nothing can remove.
#ifndef TORCHTIDY_CHECKS_UNSTOREDHOOKHANDLECHECK_H
#define TORCHTIDY_CHECKS_UNSTOREDHOOKHANDLECHECK_H

#include "HookCheck.h"

namespace torchtidy {

class UnstoredHookHandleCheck : public HookCheck {
public:
  using HookCheck::HookCheck;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
