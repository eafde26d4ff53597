#include "UndetachedHookCaptureCheck.h"
#include "model/hooks/HookRetention.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

void UndetachedHookCaptureCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  for (const HookBody &Body : facts(Context).hooks().bodiesOf(Site)) {
    for (const RetainedGraph &Retained : retainedGraphs(Site, Body, facts(Context).hooks())) {
      const Expr *Tensor = Retained.Tensor;
      bool IsTensor = isTensorType(Tensor->getType());
      {
        auto Warning =
            diag(Tensor->getExprLoc(),
                 "hook stores %0 without 'detach()'%select{| in %2}1; its autograd graph stays in "
                 "memory until the stored value goes")
            << ("'" + sourceText(Tensor, Context, Retained.From->getName(), MaxQuoted) + "'")
            << (Retained.Store.Root ? 1 : 0);
        if (Retained.Store.Root)
          Warning << Retained.Store.Root;
        Warning << Tensor->getSourceRange();
        // detach() is an operator: inside a RecordFunction callback it would call the callback
        // again.
        llvm::StringRef Cut =
            Site.Kind == HookKind::RecordFunction ? ".variable_data()" : ".detach()";
        if (IsTensor && isEditable(Tensor))
          for (const FixItHint &Fix : appendCall(Tensor, Cut, Context))
            Warning << Fix;
      }
      noteSite(Site);
      if (Site.Kind == HookKind::RecordFunction)
        diag(Tensor->getExprLoc(),
             "use 'variable_data()' here: 'detach()' is an operator and would call the callback "
             "again",
             DiagnosticIDs::Note);
      if (Retained.Why == RetainedGraph::CreateGraph)
        diag(Retained.CreateGraphAt->getBeginLoc(),
             "gradients have a graph because this backward is run with 'create_graph'",
             DiagnosticIDs::Note);
      else if (Retained.Why == RetainedGraph::Captured)
        diag(Retained.From->getLocation(), "%0 is computed here, with its graph",
             DiagnosticIDs::Note)
            << Retained.From;
    }

    // A hook on a parameter that is never removed holds what it captures for ever.
    HandleFate Fate = facts(Context).hooks().handleOf(Site).Fate;
    if (Fate == HandleFate::Kept || Fate == HandleFate::Removed ||
        facts(Context).hooks().targetOf(Site).Life != Lifetime::Lasting)
      continue;
    for (const HookCapture &Held : heldGraphs(Site, Body, Context)) {
      std::string Name = Held.Variable ? Held.Variable->getName().str()
                                       : sourceText(Held.Source, Context, "the tensor", MaxQuoted);
      diag(Held.Loc, "hook on %0 holds '%1' without 'detach()'; its autograd graph stays in memory "
                     "for as long as the hook is installed")
          << quotedReceiver(Site, Context) << Name;
      noteSite(Site);
    }
  }
}

} // namespace torchtidy
