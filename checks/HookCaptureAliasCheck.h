// torch-hook-capture-alias: a detached capture that shares storage with a tensor changed in place.
#ifndef TORCHTIDY_CHECKS_HOOKCAPTUREALIASCHECK_H
#define TORCHTIDY_CHECKS_HOOKCAPTUREALIASCHECK_H

#include "HookCheck.h"

namespace torchtidy {

class HookCaptureAliasCheck : public HookCheck {
public:
  using HookCheck::HookCheck;

protected:
  void checkSite(const HookSite &Site, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
