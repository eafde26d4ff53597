#include "model/training/ThreadStarts.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Places.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isThread(QualType Type) {
  return isStdNamed(Type.getNonReferenceType()->getAsCXXRecordDecl(), {"thread", "jthread"});
}

bool holdsThreads(const Expr *Object) {
  const CXXRecordDecl *Record =
      Object ? Object->getType().getNonReferenceType()->getAsCXXRecordDecl() : nullptr;
  QualType Element = templateTypeArgument(Record);
  return isStdDecl(Record) && !Element.isNull() && isThread(Element);
}

} // namespace

llvm::ArrayRef<const Expr *> threadStart(const Stmt *S) {
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(S);
      Construct && isThread(Construct->getType()) &&
      !Construct->getConstructor()->isCopyOrMoveConstructor())
    return argumentsOf(Construct);
  const auto *Call = dyn_cast<CallExpr>(S);
  if (!Call)
    return {};
  if (isStdNamed(calleeOf(Call), {"async"})) {
    bool MayBeDeferred = anyDescendant<DeclRefExpr>(
        Call->getArg(0), [](const auto *Ref) { return nameOf(Ref->getDecl()) == "deferred"; });
    return MayBeDeferred ? llvm::ArrayRef<const Expr *>() : argumentsOf(Call);
  }
  if (llvm::StringRef(calleeName(Call)).starts_with("emplace") && holdsThreads(objectOf(Call)))
    return argumentsOf(Call);
  return {};
}

ThreadBody threadBodyOf(llvm::ArrayRef<const Expr *> Arguments) {
  ThreadBody Found;
  for (const Expr *Argument : Arguments) {
    const Expr *E = followInitialiser(pointee(stripValue(Argument)));
    while (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E))
      E = Construct->getNumArgs() ? stripValue(Construct->getArg(0)) : nullptr;
    if (const auto *Call = dyn_cast_or_null<CallExpr>(E);
        Call && isStdNamed(calleeOf(Call), {"ref", "cref", "bind"}) && Call->getNumArgs())
      E = followInitialiser(pointee(stripValue(Call->getArg(0))));
    if (const auto *Lambda = dyn_cast_or_null<LambdaExpr>(E)) {
      Found.Functions = lambdaBodies(Lambda);
      Found.Lambda = Lambda;
    } else if (const auto *Ref = dyn_cast_or_null<DeclRefExpr>(E)) {
      if (const FunctionDecl *F = visibleDefinition(dyn_cast<FunctionDecl>(Ref->getDecl())))
        Found.Functions.push_back(F);
    }
    if (!Found.Functions.empty())
      return Found;
  }
  return Found;
}

} // namespace torchtidy
