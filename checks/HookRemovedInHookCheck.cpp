#include "HookRemovedInHookCheck.h"
#include "model/hooks/HookFacts.h"
#include "model/hooks/HookStores.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// The removal takes a hook from what this site hooks: it names the handle's holder or the same
// receiver.
bool isSameOwner(const CallExpr *Call, const HookSite &Site, const HandleUse &Use,
                 const ValueDecl *Receiver) {
  std::optional<Removal> Takes = hookRemovalNamed(calleeName(Call));
  if (Site.Kind == HookKind::RecordFunction)
    // Process-wide: all callbacks have one owner. Disabling is what the list is made for.
    return Takes == Removal::Callback;
  if (Site.Kind == HookKind::Named)
    return mentions(Call, Use.Holder);
  const Expr *Object = objectOf(Call);
  const Expr *Owner = Object ? Object : argumentFor(Call, 0);
  if (Takes != Removal::Hook)
    return false;
  if (Owner && Receiver && placeOf(Owner).Last == Receiver)
    return true;
  return mentions(Call, Use.Holder);
}

} // namespace

void HookRemovedInHookCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  // The runtime library defers removal until the hook has returned.
  if (Site.Kind == HookKind::Module || Site.Kind == HookKind::Distributed)
    return;
  const HandleUse &Use = facts(Context).hooks().handleOf(Site);
  const ValueDecl *Receiver = placeOf(Site.Receiver).Last;
  for (const HookBody &Body : facts(Context).hooks().bodiesOf(Site))
    forEach<CallExpr>(Body.body(), [&](const CallExpr *Call) {
      bool Clears = Site.Kind == HookKind::Named && calleeName(Call) == "clear";
      if (!(isHookRemoval(Call) || Clears) || !isSameOwner(Call, Site, Use, Receiver))
        return;
      if (Site.Kind == HookKind::RecordFunction)
        diag(Call->getExprLoc(),
             "callback removes callbacks while it runs; the list is changed under "
             "the operator that goes through it")
            << Call->getSourceRange();
      else
        diag(Call->getExprLoc(), "hook removes a hook of its own %0 while it runs; its closure and "
                                 "captures are destroyed "
                                 "under it")
            << (Site.Kind == HookKind::Node ? "node" : "tensor") << Call->getSourceRange();
      noteSite(Site);
    });
}

} // namespace torchtidy
