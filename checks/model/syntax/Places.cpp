#include "model/syntax/Places.h"
#include "model/syntax/Callee.h"

using namespace clang;

namespace torchtidy {

const Expr *stripValue(const Expr *E) {
  while (E) {
    const Expr *Before = E;
    E = E->IgnoreParenImpCasts();
    if (const auto *Full = dyn_cast<FullExpr>(E))
      E = Full->getSubExpr();
    else if (const auto *Temporary = dyn_cast<MaterializeTemporaryExpr>(E))
      E = Temporary->getSubExpr();
    else if (const auto *Bind = dyn_cast<CXXBindTemporaryExpr>(E))
      E = Bind->getSubExpr();
    else if (const auto *List = dyn_cast<InitListExpr>(E);
             List && List->isTransparent() && List->getNumInits() == 1)
      E = List->getInit(0); // Linear fc{Linear(4, 4)}
    else if (const auto *Cast = dyn_cast<CXXStaticCastExpr>(E);
             Cast && Cast->getCastKind() == CK_NoOp)
      E = Cast->getSubExpr();
    else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
             Construct && Construct->getNumArgs() == 1 &&
             Construct->getConstructor()->isCopyOrMoveConstructor())
      E = Construct->getArg(0);
    else if (const auto *Call = dyn_cast<CallExpr>(E);
             Call && Call->getNumArgs() == 1 &&
             isStdNamed(Call->getDirectCallee(), {"move", "forward", "as_const"}))
      E = Call->getArg(0);
    if (E == Before)
      return E;
  }
  return E;
}

const Expr *stripCasts(const Expr *E) {
  E = E ? stripValue(E) : nullptr;
  while (const auto *Cast = dyn_cast_or_null<CXXFunctionalCastExpr>(E))
    E = stripValue(Cast->getSubExpr());
  return E;
}

const ValueDecl *namedDecl(const Expr *E) {
  E = stripValue(E);
  if (const auto *Ref = dyn_cast_or_null<DeclRefExpr>(E))
    return Ref->getDecl();
  if (const auto *Member = dyn_cast_or_null<MemberExpr>(E))
    return isa<CXXMethodDecl>(Member->getMemberDecl()) ? nullptr : Member->getMemberDecl();
  return nullptr;
}

const VarDecl *namedVariable(const Expr *E) {
  const auto *Ref = dyn_cast_or_null<DeclRefExpr>(stripValue(E));
  return Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
}

const FieldDecl *namedField(const Expr *E) {
  const auto *Member = dyn_cast_or_null<MemberExpr>(stripValue(E));
  return Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
}

const FieldDecl *fieldOfThis(const Expr *E) {
  const auto *Member = dyn_cast_or_null<MemberExpr>(stripValue(E));
  const auto *Field = Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
  while (Member) {
    const Expr *Base = Member->getBase()->IgnoreParenImpCasts();
    if (isThis(Base))
      return Field;
    if (Member->isArrow())
      return nullptr;
    Member = dyn_cast<MemberExpr>(Base);
  }
  return nullptr;
}

bool isThis(const Expr *E) {
  E = stripValue(E);
  if (const auto *Star = dyn_cast_or_null<UnaryOperator>(E); Star && Star->getOpcode() == UO_Deref)
    E = Star->getSubExpr()->IgnoreParenImpCasts();
  return isa_and_nonnull<CXXThisExpr>(E);
}

const Expr *pointee(const Expr *E) {
  const auto *Address = dyn_cast<UnaryOperator>(E->IgnoreParenImpCasts());
  return Address && Address->getOpcode() == UO_AddrOf ? Address->getSubExpr() : E;
}

const Expr *stripSubscripts(const Expr *E) {
  while (E) {
    E = stripValue(E);
    if (const CXXOperatorCallExpr *Operator = asOperator(E, OO_Subscript))
      E = Operator->getArg(0);
    else if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
      E = Subscript->getBase();
    else
      break;
  }
  return E;
}

namespace {

// Calls that hand out a part of their object.
bool isAccessor(llvm::StringRef Name) {
  return llvm::is_contained({"at", "back", "front", "value", "first", "second", "lock"}, Name);
}

// One step from a part to the whole; null where none is known.
const Expr *whole(const Expr *E, Place &P) {
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    P.ThroughPointer |= Member->isArrow();
    return Member->getBase();
  }
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return Subscript->getBase();
  if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
    P.ThroughPointer |= Unary->getOpcode() == UO_Deref;
    return Unary->getOpcode() == UO_Deref || Unary->getOpcode() == UO_AddrOf ? Unary->getSubExpr()
                                                                             : nullptr;
  }
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    P.ThroughPointer |= Kind == OO_Star || Kind == OO_Arrow;
    return Kind == OO_Subscript || Kind == OO_Star || Kind == OO_Arrow ? Operator->getArg(0)
                                                                       : nullptr;
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    bool IsGet = calleeName(Call) == "get"; // of a smart pointer
    P.ThroughPointer |= IsGet;
    return IsGet || isAccessor(calleeName(Call)) ? Call->getImplicitObjectArgument() : nullptr;
  }
  // std::get<0>(x)
  const auto *Call = dyn_cast<CallExpr>(E);
  return Call && calleeName(Call) == "get" && Call->getNumArgs() ? Call->getArg(0) : nullptr;
}

} // namespace

Place placeOf(const Expr *E) {
  Place P;
  // p->push_back(x): the object is the pointer's value.
  P.ThroughPointer = E && E->getType()->isPointerType() && E->isPRValue();
  while (E) {
    E = stripValue(E);
    P.IsThis = isa<CXXThisExpr>(E);
    if (P.IsThis)
      return P;
    const ValueDecl *Named = namedDecl(E);
    P.Last = P.Last ? P.Last : Named;
    // A static data member is a root whatever object it is named on.
    if (Named && (isa<DeclRefExpr>(E) || isa<VarDecl>(Named))) {
      P.Root = Named;
      return P;
    }
    E = whole(E, P);
  }
  return {};
}

} // namespace torchtidy
