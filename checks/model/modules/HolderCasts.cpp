#include "model/modules/HolderCasts.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Names.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

QualType pointee(QualType Type) {
  return Type->isPointerType() || Type->isReferenceType() ? Type->getPointeeType() : Type;
}

bool isModuleObject(QualType Type) { return isModuleClass(pointee(Type)->getAsCXXRecordDecl()); }

// A class that is a holder and a module at once is one's own business.
std::optional<HolderCast> askedAs(HolderCast::Kind Is, QualType Wanted, const Expr *Asked) {
  TypeInfo Info = classifyType(Wanted);
  const CXXRecordDecl *Holder = Wanted->getAsCXXRecordDecl();
  if (!Holder || Info.Kind != TypeKind::Holder || !Info.Module || isModuleClass(Holder))
    return std::nullopt;
  return HolderCast{Is, Holder, Info.Module, Asked};
}

// `typeid(module) == typeid(Class)`: the module and the class.
std::optional<std::pair<const Expr *, QualType>>
asTypeQuestion(const CXXOperatorCallExpr *Compared) {
  if (Compared->getNumArgs() != 2)
    return std::nullopt;
  const auto *First = dyn_cast<CXXTypeidExpr>(Compared->getArg(0)->IgnoreParenImpCasts());
  const auto *Second = dyn_cast<CXXTypeidExpr>(Compared->getArg(1)->IgnoreParenImpCasts());
  if (First && First->isTypeOperand())
    std::swap(First, Second);
  if (!First || !Second || First->isTypeOperand() || !Second->isTypeOperand() ||
      !isModuleObject(First->getExprOperand()->getType()))
    return std::nullopt;
  return std::pair(First->getExprOperand(), Second->getTypeOperandSourceInfo()->getType());
}

// `each` in `*each`, `each.get()`, `&each`
const ValueDecl *firstNamed(const Expr *E) {
  const ValueDecl *Found = nullptr;
  forEach<DeclRefExpr>(E, [&](const DeclRefExpr *Ref) {
    if (!Found && isa<VarDecl>(Ref->getDecl()))
      Found = Ref->getDecl();
  });
  return Found;
}

} // namespace

std::optional<HolderCast> asHolderCast(const Expr *E) {
  if (const auto *Cast = dyn_cast<CXXDynamicCastExpr>(E)) {
    if (!isModuleObject(Cast->getSubExpr()->getType()))
      return std::nullopt;
    QualType Wanted = Cast->getTypeAsWritten();
    return askedAs(Wanted->isPointerType() ? HolderCast::Pointer : HolderCast::Reference,
                   pointee(Wanted), Cast->getSubExpr());
  }
  if (const auto *Call = dyn_cast<CallExpr>(E);
      Call && isStdNamed(calleeOf(Call), {"dynamic_pointer_cast"})) {
    // shared_ptr<Module> to shared_ptr<Conv2d>
    QualType Given = templateTypeArgument(Call->getArg(0)->getType()->getAsCXXRecordDecl());
    QualType Wanted = templateTypeArgument(Call->getType()->getAsCXXRecordDecl());
    bool IsModule = !Given.isNull() && isModuleObject(Given);
    return IsModule && !Wanted.isNull() ? askedAs(HolderCast::Pointer, Wanted, Call->getArg(0))
                                        : std::nullopt;
  }
  const auto *Compared = dyn_cast<CXXOperatorCallExpr>(E);
  auto Question = Compared ? asTypeQuestion(Compared) : std::nullopt;
  return Question ? askedAs(HolderCast::TypeId, Question->second, Question->first) : std::nullopt;
}

bool asksForModuleAsWell(const Stmt *Code, const HolderCast &Cast) {
  const ValueDecl *Asked = firstNamed(Cast.Asked);
  auto IsIt = [&](QualType Type, const Expr *Of) {
    const CXXRecordDecl *Class = Type.isNull() ? nullptr : pointee(Type)->getAsCXXRecordDecl();
    return Class && Class->getCanonicalDecl() == Cast.Module->getCanonicalDecl() && Asked &&
           firstNamed(Of) == Asked;
  };
  return anyDescendant<Expr>(Code, [&](const Expr *E) {
    if (const auto *Compared = dyn_cast<CXXOperatorCallExpr>(E)) {
      std::optional<std::pair<const Expr *, QualType>> Question = asTypeQuestion(Compared);
      return Question && IsIt(Question->second, Question->first);
    }
    if (const auto *Dynamic = dyn_cast<CXXDynamicCastExpr>(E))
      return IsIt(Dynamic->getTypeAsWritten(), Dynamic->getSubExpr());
    const auto *Call = dyn_cast<CallExpr>(E);
    if (!Call)
      return false;
    // module.as<nn::Conv2d>(), which means Conv2dImpl
    if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
      return calleeName(Call) == "as" && isLibTorchDecl(calleeOf(Call)) &&
             IsIt(Call->getType(), Method->getImplicitObjectArgument());
    return isStdNamed(calleeOf(Call), {"dynamic_pointer_cast"}) &&
           IsIt(templateTypeArgument(Call->getType()->getAsCXXRecordDecl()), Call->getArg(0));
  });
}

} // namespace torchtidy
