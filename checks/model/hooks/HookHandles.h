// What becomes of the handle that a hook's registration returns.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKHANDLES_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKHANDLES_H

#include "model/hooks/HookSites.h"

namespace torchtidy {

/// What becomes of the handle that a site returns.
enum class HandleFate {
  None,      // the function returns nothing
  Discarded, // the statement drops it
  Unread,    // kept in a variable or data member that nothing ever reads
  Removed,   // a local that the same function hands to a call that removes the hook
  Kept,      // returned, scoped, passed on, cast to void: somebody else's to answer for
};
struct HandleUse {
  HandleFate Fate = HandleFate::Kept;
  const clang::ValueDecl *Holder = nullptr; // variable or data member, when there is one
  llvm::SmallVector<const clang::CallExpr *, 2> Removals;
};
HandleUse handleUse(const HookSite &Site, clang::ASTContext &Context);

/// The handle removes the hook when it dies: the runtime library's ScopedHook and its like.
bool isOwningHandle(const HookSite &Site);

/// A call that takes a hook away: Tensor::remove_hook, at::removeCallback, Node::del_post_hook,
/// handle.remove(), clear_hooks, ...
bool isHookRemoval(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
