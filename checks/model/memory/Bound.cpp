#include "model/memory/Bound.h"
#include "model/memory/Storage.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

namespace {

using TakesFn = llvm::function_ref<bool(QualType)>;
using VisitFn = llvm::function_ref<void(const Expr *)>;

void boundIn(const Stmt *S, TakesFn Takes, VisitFn Visit, bool LoopsKeep) {
  auto Offer = [&](QualType Type, const Expr *Value) {
    if (Value && Takes(Type))
      Visit(Value);
  };
  if (const auto *Declared = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : Declared->decls())
      if (const auto *Variable = dyn_cast<VarDecl>(D))
        Offer(Variable->getType(), Variable->getInit());
  } else if (auto Assign = asPlainAssignment(S)) {
    Offer(Assign->Target->getType(), Assign->Value);
  } else if (const auto *Return = dyn_cast<ReturnStmt>(S)) {
    if (Return->getRetValue())
      Offer(Return->getRetValue()->getType(), Return->getRetValue());
  } else if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S)) {
    if (Loop->getRangeInit() && !LoopsKeep)
      Offer(Loop->getRangeInit()->getType(), Loop->getRangeInit());
  } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S)) {
    if (fillsContainer(Call))
      for (const Expr *Argument : Call->arguments())
        Offer(objectOf(Call)->getType(), Argument);
  }
}

} // namespace

void forEachBound(const FunctionDecl *Function, TakesFn Takes,
                  llvm::function_ref<void(const Expr *, const FunctionDecl *)> Visit) {
  bool LoopsKeep = Function->getASTContext().getLangOpts().CPlusPlus23;
  auto Under = [&](const Expr *Bound, const FunctionDecl *Body) {
    forEach<Expr>(Bound, [&](const Expr *E) { Visit(E, Body); }, LambdaBodies::Skip);
  };
  auto In = [&](const Stmt *Code, const FunctionDecl *Body) {
    forEach<Stmt>(
        Code,
        [&](const Stmt *S) {
          boundIn(S, Takes, [&](const Expr *Bound) { Under(Bound, Body); }, LoopsKeep);
        },
        LambdaBodies::Skip);
  };
  for (const Stmt *Code : codeOf(Function)) {
    const auto *Initialiser = dyn_cast<Expr>(Code); // of a member
    if (Initialiser && Takes(Initialiser->getType()))
      Under(Initialiser, Function);
    In(Code, Function);
    forEach<LambdaExpr>(Code, [&](const LambdaExpr *Lambda) {
      for (const FunctionDecl *Body : lambdaBodies(Lambda))
        In(Body->getBody(), Body);
    });
  }
}

} // namespace torchtidy
