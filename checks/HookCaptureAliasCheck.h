// torch-hook-capture-alias: a detached capture that shares storage with a tensor changed in place.
#ifndef TORCHTIDY_CHECKS_HOOKCAPTUREALIASCHECK_H
#define TORCHTIDY_CHECKS_HOOKCAPTUREALIASCHECK_H

#include "HookRule.h"

namespace torchtidy {

class HookCaptureAliasCheck : public HookRule {
public:
  using HookRule::HookRule;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
