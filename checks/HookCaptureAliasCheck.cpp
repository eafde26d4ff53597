#include "HookCaptureAliasCheck.h"
#include "model/hooks/HookFacts.h"
#include "model/hooks/HookStores.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Initialisers.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// x.detach(), x.detach().view(-1), x.data(): the same storage without the graph. Finds the tensor
// that is detached; null when there is no detach or a copy lies on the way.
const ValueDecl *detachedAlias(const Expr *E) {
  bool Detached = false;
  for (unsigned Depth = 0; E && Depth < 12; ++Depth) {
    E = stripValue(E);
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      return Detached ? Ref->getDecl() : nullptr;
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    if (!Call || !isTensorType(Call->getImplicitObjectArgument()->getType()))
      return nullptr;
    Operation Called = operationNamed(calleeName(Call));
    if (!Called.isView())
      return nullptr; // may copy, or does
    Detached |= Called.has(CutsGraph);
    E = Call->getImplicitObjectArgument();
  }
  return nullptr;
}

// The in-place change of Variable's storage on some path after From, before Variable is rebound.
const Stmt *laterChange(const FunctionDecl *Function, const Stmt *From, const ValueDecl *Variable,
                        ControlFlowGraphs &Graphs) {
  const FunctionPaths *Paths = Graphs.of(Function);
  if (!Paths)
    return nullptr;
  return Paths->findAfter(
      From, [&](const Stmt *S) { return S != From && changedInPlace(S) == Variable; },
      [&](const Stmt *S) { return assigns(S, Variable); });
}

} // namespace

void HookCaptureAliasCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  auto Report = [&](const Expr *Alias, const ValueDecl *Of, const Stmt *Change) {
    {
      auto Warning = diag(Alias->getExprLoc(),
                          "hook keeps a detached alias of %0, whose storage is changed in place "
                          "afterwards; the kept values change with it")
                     << Of << Alias->getSourceRange();
      if (isEditable(Alias))
        for (const FixItHint &Fix : appendCall(Alias, ".clone()", Context))
          Warning << Fix;
    }
    diag(cast<Expr>(Change)->getExprLoc(), "%0 is changed in place here", DiagnosticIDs::Note)
        << Of;
    noteSite(Site);
  };

  ControlFlowGraphs &Graphs = facts(Context).graphs();
  for (const HookBody &Body : facts(Context).hooks().bodiesOf(Site)) {
    // Captured before the change, read by the hook after it.
    for (const HookCapture &Capture : Body.Captures) {
      const Expr *Source = stripValue(Capture.Source);
      // auto saved = h.detach(); ... [saved]
      if (const Expr *Init = initialiserOf(Source); Init && isTensorType(Source->getType()))
        Source = Init;
      const ValueDecl *Of = Source ? detachedAlias(Source) : nullptr;
      if (!Of)
        continue;
      if (const Stmt *Change = laterChange(Site.Enclosing, Site.Call, Of, Graphs))
        Report(Source, Of, Change);
    }
    // Stored by the body, then changed further down in it.
    for (const HookStore &Store : lastingStores(Body, Context)) {
      const Expr *Value = stripValue(Store.Value);
      const ValueDecl *Of = detachedAlias(Value);
      if (!Of)
        continue;
      if (const Stmt *Change = laterChange(Body.Function, Store.Where, Of, Graphs))
        Report(Value, Of, Change);
    }
  }
}

} // namespace torchtidy
