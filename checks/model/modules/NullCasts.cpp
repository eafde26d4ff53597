#include "model/modules/NullCasts.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Names.h"
#include "model/syntax/Places.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// Through the holders and pointers that E is put into.
const Expr *unwrapped(const Expr *E) {
  E = stripValue(E);
  while (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E)) {
    if (Construct->getNumArgs() != 1)
      break;
    E = stripValue(Construct->getArg(0));
  }
  return E;
}

// And through locals.
const Expr *valueOf(const Expr *E) {
  return followInitialiser(unwrapped(E), [](const VarDecl *Var) {
    const Expr *Init = Var->isLocalVarDecl() ? initialiserOf(Var) : nullptr;
    return Init ? unwrapped(Init) : nullptr;
  });
}

// The M of the Cloneable<M> whose clone() this is, which makes an M of whatever it is called on.
const CXXRecordDecl *clonedType(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(valueOf(E));
  const CXXMethodDecl *Method = Call ? Call->getMethodDecl() : nullptr;
  if (!Method || !operationNamed(calleeName(Call)).is(Op::clone))
    return nullptr;
  const CXXRecordDecl *Maker = Method->getParent();
  // Containers have one of their own; Module's is another class's.
  if (!isLibTorchDecl(Maker) || nameOf(Maker).empty() || nameOf(Maker) == "Module")
    return nullptr;
  if (nameOf(Maker) != "Cloneable")
    return Maker;
  QualType Class = templateTypeArgument(Maker);
  return Class.isNull() ? nullptr : Class->getAsCXXRecordDecl();
}

const CXXRecordDecl *pointee(QualType Type) {
  if (Type->isPointerType())
    return Type->getPointeeType()->getAsCXXRecordDecl();
  return moduleOf(Type);
}

bool dereferences(const Expr *E, const VarDecl *Var) {
  if (const auto *Call = dyn_cast<CXXOperatorCallExpr>(E))
    return (Call->getOperator() == OO_Arrow || Call->getOperator() == OO_Star ||
            Call->getOperator() == OO_Call) &&
           namedVariable(Call->getArg(0)) == Var;
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return Member->isArrow() && namedVariable(Member->getBase()) == Var;
  const auto *Unary = dyn_cast<UnaryOperator>(E);
  return Unary && Unary->getOpcode() == UO_Deref && namedVariable(Unary->getSubExpr()) == Var;
}

bool writes(const Stmt *S, const VarDecl *Var) {
  const Expr *Target = writtenBy(S);
  return Target && namedVariable(Target) == Var;
}

} // namespace

std::optional<NullCast> nullCast(const VarDecl *Var, PathGuards &Guards) {
  const auto *Cast = dyn_cast_or_null<CallExpr>(Var->hasInit() ? valueOf(Var->getInit()) : nullptr);
  const auto *In = dyn_cast<FunctionDecl>(Var->getDeclContext());
  if (!Cast || !In || !In->hasBody() || In->isDependentContext())
    return std::nullopt;
  NullCast Found;
  if (calleeName(Cast) == "dynamic_pointer_cast" && Cast->getNumArgs() == 1)
    Found.Made = clonedType(Cast->getArg(0));
  else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Cast);
           Member && calleeName(Cast) == "as")
    if (const auto *Arrow = dyn_cast<CXXOperatorCallExpr>(
            Member->getImplicitObjectArgument()->IgnoreParenImpCasts()))
      Found.Made = clonedType(Arrow->getArg(0));
  Found.Wanted = pointee(Cast->getType());
  if (!Found.Made || !Found.Wanted || !Found.Made->hasDefinition() ||
      !Found.Wanted->hasDefinition() || declaresSameEntity(Found.Made, Found.Wanted) ||
      Found.Made->isDerivedFrom(Found.Wanted))
    return std::nullopt;
  forEach<Expr>(
      In->getBody(),
      [&](const Expr *E) {
        if (!Found.Use && dereferences(E, Var) &&
            !Guards
                 .holdsAt(
                     In, E, [&](const Expr *Test, bool) { return mentions(Test, Var); },
                     [&](const Stmt *S) {
                       return writes(S, Var) ? Effect::Establishes : Effect::None;
                     })
                 .Holds)
          Found.Use = E;
      },
      LambdaBodies::Skip);
  return Found.Use ? std::optional<NullCast>(Found) : std::nullopt;
}

} // namespace torchtidy
