#include "model/syntax/Callee.h"
#include "model/syntax/Places.h"

using namespace clang;

namespace torchtidy {

const Expr *objectOf(const Stmt *Call) {
  const Expr *Object = nullptr;
  if (const auto *Member = dyn_cast_or_null<CXXMemberCallExpr>(Call))
    Object = Member->getImplicitObjectArgument();
  else if (const auto *Operator = dyn_cast_or_null<CXXOperatorCallExpr>(Call);
           Operator && isa_and_nonnull<CXXMethodDecl>(Operator->getDirectCallee()))
    Object = Operator->getArg(0);
  return Object ? Object->IgnoreParenImpCasts() : nullptr;
}

const Expr *stripArrow(const Expr *E) {
  const CXXOperatorCallExpr *Arrow = E ? asOperator(stripValue(E), OO_Arrow) : nullptr;
  return Arrow ? Arrow->getArg(0)->IgnoreParenImpCasts() : E;
}

const FunctionDecl *visibleDefinition(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  bool HasBody =
      F && F->isDefined(Definition) && Definition->hasBody() && !Definition->hasSkippedBody();
  return HasBody ? Definition : nullptr;
}

llvm::SmallVector<const FunctionDecl *, 2> lambdaBodies(const LambdaExpr *Lambda) {
  llvm::SmallVector<const FunctionDecl *, 2> Bodies;
  const FunctionTemplateDecl *Template = Lambda->getLambdaClass()->getDependentLambdaCallOperator();
  if (!Template)
    Bodies.push_back(Lambda->getCallOperator());
  else
    for (const FunctionDecl *Instance : Template->specializations())
      if (Instance->hasBody())
        Bodies.push_back(Instance);
  return Bodies;
}

} // namespace torchtidy
