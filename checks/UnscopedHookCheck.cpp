#include "UnscopedHookCheck.h"
#include "model/hooks/HookFacts.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Enclosing.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// Inside a catch handler or a lambda (a scope guard): not the plain path.
bool isOnPlainPath(const Stmt *S, const FunctionDecl *Function, ASTContext &Context) {
  if (innermostFunction(S, Context) != Function)
    return false;
  bool InHandler = false;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    InHandler = Above.get<CXXCatchStmt>();
    return !InHandler && !Above.get<FunctionDecl>();
  });
  return !InHandler;
}

// A call that runs the user's or LibTorch's code: operators, forward, backward throw on bad shapes,
// out of memory and failed checks.
bool mayThrow(const Stmt *S) {
  const auto *Call = dyn_cast<CallExpr>(S);
  const FunctionDecl *Callee = calleeOf(Call);
  if (!Callee || Callee->isInStdNamespace() || isHookRemoval(Call))
    return false;
  const auto *Type = Callee->getType()->getAs<FunctionProtoType>();
  if (Type && isNoexceptExceptionSpec(Type->getExceptionSpecType()))
    return false;
  if (isa<CXXOperatorCallExpr>(Call))
    return isModuleCall(Call);
  llvm::StringRef Name = calleeName(Call);
  return !Name.empty() && !operationNamed(Name).is(Op::size) &&
         !operationOf(Call).has(TakesUndefined) && !Name.starts_with("operator");
}

} // namespace

void UnscopedHookCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  const HandleUse &Use = facts(Context).hooks().handleOf(Site);
  if (Use.Fate != HandleFate::Removed || !Site.Enclosing || Site.Enclosing->isMain())
    return;
  const HookTarget &Target = facts(Context).hooks().targetOf(Site);
  if (Target.Life != Lifetime::Lasting && Target.Life != Lifetime::FunctionParam)
    return;
  for (const CallExpr *Removal : Use.Removals)
    if (!isOnPlainPath(Removal, Site.Enclosing, Context))
      return;
  const FunctionPaths *Paths = facts(Context).graphs().of(Site.Enclosing);
  if (!Paths)
    return;
  auto Removes = [&](const Stmt *S) {
    const auto *Call = dyn_cast<CallExpr>(S);
    return Call && llvm::is_contained(Use.Removals, Call);
  };

  // Handles of a loop are kept in a container and removed in another loop: the loop may run zero
  // times as far as the graph can tell.
  bool InLoop = !cast<VarDecl>(Use.Holder)->getType().getCanonicalType()->isIntegerType();
  FunctionPaths::Exit Exit = Paths->exitAfter(Site.Call, Removes);
  if (Exit.Reached && !InLoop) {
    diag(Site.Call->getExprLoc(),
         "%0 is not removed on every path; it stays installed and runs at later calls")
        << subjectOf(Site, Context);
    if (Exit.Return)
      diag(Exit.Return->getBeginLoc(), "this return leaves it installed", DiagnosticIDs::Note);
    diag(Use.Removals.front()->getExprLoc(), "removed here only", DiagnosticIDs::Note);
    return;
  }
  const Stmt *Thrower = Paths->findAfter(Site.Call, mayThrow, Removes);
  if (!Thrower)
    return;
  diag(Site.Call->getExprLoc(),
       "%0 is removed by hand; it stays installed when a call in between throws")
      << subjectOf(Site, Context);
  diag(cast<Expr>(Thrower)->getExprLoc(), "an exception here skips the removal",
       DiagnosticIDs::Note);
  diag(Use.Removals.front()->getExprLoc(), "removed here only", DiagnosticIDs::Note);
}

} // namespace torchtidy
