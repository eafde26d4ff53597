#include "SequentialMismatchCheck.h"
#include "model/facts/Elements.h"
#include "model/layers/ElementCasts.h"
#include "model/layers/SequentialFits.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

void SequentialMismatchCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachMisfit(Function, Context, [&](const Misfit &Found) {
    SourceLocation Second = Found.Second.Value->getBeginLoc();
    if (Found.Of && isOnlyWalked(Found.Of, index(Context)))
      return;
    if (!firstTime(Found.Forward ? Found.Forward->getLocation() : Second))
      return;
    switch (Found.Is) {
    case Misfit::Why::Size:
      diag(Second,
           "this '%0' takes %1 %select{features|channels}2 and is given %3: forward() throws")
          << Found.Second.Name << int(*Found.Second.In)
          << (Found.First.Is != BuiltLayer::Kind::Linear) << int(*Found.First.Out);
      diag(Found.First.Value->getBeginLoc(), "given by this '%0'", DiagnosticIDs::Note)
          << Found.First.Name;
      return;
    case Misfit::Why::Tuple:
      diag(Second, "this '%0' is given the tuple that '%1' returns: forward() throws")
          << Found.Second.Name << Found.First.Name;
      diag(Found.First.Value->getBeginLoc(), "returned by this '%0'", DiagnosticIDs::Note)
          << Found.First.Name;
      return;
    case Misfit::Why::Arguments:
      assert(Found.Forward);
      diag(Found.Forward->getLocation(),
           "in a Sequential this forward() is given one argument and throws: it does not know "
           "default arguments without FORWARD_HAS_DEFAULT_ARGS");
      diag(Second, "put into a Sequential here", DiagnosticIDs::Note);
      return;
    }
  });
  auto Index = [&]() -> const ProjectIndex & { return index(Context); };
  forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    if (Call->getNumArgs() == 0)
      return;
    const ValueDecl *Empty = runEmpty(Call, Index, Context);
    if (!Empty || !firstTime(Call->getExprLoc()))
      return;
    diag(Call->getExprLoc(), "%0 is an empty Sequential here, and forward() of one throws")
        << Empty;
    diag(Empty->getLocation(), "'torch::nn::Identity' hands on what it is given",
         DiagnosticIDs::Note);
  });
  auto Element = [&](const Expr *E) {
    TorchFacts &Facts = facts(Context);
    return elementNamedBy(E, Facts.index(), Facts.registrations(), Context);
  };
  forEachWrongCast(Function, Element, Context, [&](const WrongCast &Found) {
    if (!firstTime(Found.Call->getExprLoc()))
      return;
    diag(Found.Call->getExprLoc(),
         "%0 stands there, not %1: '%2' %select{gives a null pointer, which is used|throws}3")
        << Found.Stands << Found.Wanted << calleeName(Found.Call) << Found.Throws;
    diag(Found.Element->getBeginLoc(), "put there here", DiagnosticIDs::Note);
  });
}

} // namespace torchtidy
