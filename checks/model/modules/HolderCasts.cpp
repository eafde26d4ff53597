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
std::optional<HolderCast> askedAs(HolderCast::Kind Is, QualType Wanted) {
  TypeInfo Info = classifyType(Wanted);
  const CXXRecordDecl *Holder = Wanted->getAsCXXRecordDecl();
  if (!Holder || Info.Kind != TypeKind::Holder || !Info.Module || isModuleClass(Holder))
    return std::nullopt;
  return HolderCast{Is, Holder, Info.Module};
}

} // namespace

std::optional<HolderCast> asHolderCast(const Expr *E) {
  if (const auto *Cast = dyn_cast<CXXDynamicCastExpr>(E)) {
    if (!isModuleObject(Cast->getSubExpr()->getType()))
      return std::nullopt;
    QualType Wanted = Cast->getTypeAsWritten();
    return askedAs(Wanted->isPointerType() ? HolderCast::Pointer : HolderCast::Reference,
                   pointee(Wanted));
  }
  if (const auto *Call = dyn_cast<CallExpr>(E);
      Call && isStdNamed(calleeOf(Call), {"dynamic_pointer_cast"})) {
    // shared_ptr<Module> to shared_ptr<Conv2d>
    QualType Given = templateTypeArgument(Call->getArg(0)->getType()->getAsCXXRecordDecl());
    QualType Wanted = templateTypeArgument(Call->getType()->getAsCXXRecordDecl());
    bool IsModule = !Given.isNull() && isModuleObject(Given);
    return IsModule && !Wanted.isNull() ? askedAs(HolderCast::Pointer, Wanted) : std::nullopt;
  }
  const auto *Compared = dyn_cast<CXXOperatorCallExpr>(E);
  if (!Compared || Compared->getNumArgs() != 2)
    return std::nullopt;
  const auto *First = dyn_cast<CXXTypeidExpr>(Compared->getArg(0)->IgnoreParenImpCasts());
  const auto *Second = dyn_cast<CXXTypeidExpr>(Compared->getArg(1)->IgnoreParenImpCasts());
  if (First && First->isTypeOperand())
    std::swap(First, Second);
  if (!First || !Second || First->isTypeOperand() || !Second->isTypeOperand() ||
      !isModuleObject(First->getExprOperand()->getType()))
    return std::nullopt;
  return askedAs(HolderCast::TypeId, Second->getTypeOperandSourceInfo()->getType());
}

bool asksForModuleAsWell(const Stmt *Code, const HolderCast &Cast) {
  auto IsIt = [&](QualType Type) {
    const CXXRecordDecl *Class = pointee(Type)->getAsCXXRecordDecl();
    return Class && Class->getCanonicalDecl() == Cast.Module->getCanonicalDecl();
  };
  return anyDescendant<Expr>(Code, [&](const Expr *E) {
    if (const auto *Id = dyn_cast<CXXTypeidExpr>(E))
      return Id->isTypeOperand() && IsIt(Id->getTypeOperandSourceInfo()->getType());
    if (const auto *Dynamic = dyn_cast<CXXDynamicCastExpr>(E))
      return IsIt(Dynamic->getTypeAsWritten());
    // module.as<nn::Conv2d>(), which means Conv2dImpl; std::dynamic_pointer_cast<nn::Conv2dImpl>(m)
    const auto *Call = dyn_cast<CallExpr>(E);
    if (!Call || (calleeName(Call) != "as" && calleeName(Call) != "dynamic_pointer_cast"))
      return false;
    QualType Given = templateTypeArgument(Call->getType()->getAsCXXRecordDecl());
    return IsIt(Call->getType()) || (!Given.isNull() && IsIt(Given));
  });
}

} // namespace torchtidy
