#include "model/memory/TemporaryLists.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isList(QualType Type) {
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  return isStdNamed(Record, {"vector"}) ||
         (nameOf(Record) == "OrderedDict" && isLibTorchDecl(Record));
}

bool isIValue(QualType Type) { return isNamed(Type->getAsCXXRecordDecl(), "c10::IValue"); }

// LibTorch makes E for this expression alone.
const CallExpr *madeHere(const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(stripValue(E));
  return Call && Call->isPRValue() && isLibTorchDecl(calleeOf(Call)) ? Call : nullptr;
}

// Somebody else may keep what it points to: the model its children.
bool sharesOwnership(QualType Type) {
  return isStdNamed(Type.getNonReferenceType()->getAsCXXRecordDecl(),
                    {"shared_ptr", "unique_ptr"}) ||
         classifyType(Type).isModule();
}

// What `x[i]`, `*x`, `x->y`, `x.find(…)`, `x.value()` show a part of; null for anything else.
const Expr *wholeOf(const Expr *E) {
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_Deref ? Unary->getSubExpr() : nullptr;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    QualType Type = stripValue(Operator->getArg(0))->getType();
    bool IsAccess = Kind == OO_Subscript || Kind == OO_Star || Kind == OO_Arrow;
    return IsAccess && !isTensorType(Type) && !sharesOwnership(Type) ? Operator->getArg(0)
                                                                     : nullptr;
  }
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  if (!Call || !llvm::is_contained({"find", "at", "front", "back", "begin", "end", "items", "value",
                                    "key", "elements"},
                                   calleeName(Call)))
    return nullptr;
  return Call->getImplicitObjectArgument();
}

// The call whose result, a list or the tuple of an IValue, Init leads into and which nothing keeps.
const CallExpr *temporaryUnder(const Expr *Init) {
  const Expr *E = stripValue(Init);
  // A copy of the element is its own.
  if (E->isPRValue() && !E->getType()->isPointerType() && !isa<CXXMemberCallExpr>(E))
    return nullptr;
  while (const Expr *Whole = wholeOf(E)) {
    E = stripValue(Whole);
    const CallExpr *Made = madeHere(E);
    if (Made && isList(Made->getType()))
      return Made;
    // module.forward(x).toTuple()->elements()
    if (Made && calleeName(Made) == "toTuple" && objectOf(Made) && madeHere(objectOf(Made)) &&
        isIValue(objectOf(Made)->getType()))
      return madeHere(objectOf(Made));
  }
  return nullptr;
}

// A variable that refers to, points to or walks something of another object.
bool refers(const VarDecl *Variable) {
  QualType Type = Variable->getType();
  if (Type->isReferenceType() || Type->isPointerType())
    return true;
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(
      Variable->getInit() ? stripValue(Variable->getInit()) : nullptr);
  return llvm::is_contained({"begin", "end"}, calleeName(Call)); // an iterator
}

// `if (w)`, `w != nullptr`, `w == list.end()`: the address alone.
bool isOnlyCompared(const DeclRefExpr *Ref, ASTContext &Context) {
  bool Compared = false;
  walkUp(DynTypedNode::create(*Ref), Context, [&](const DynTypedNode &Above) {
    if (const auto *Cast = Above.get<ImplicitCastExpr>()) {
      Compared |= Cast->getCastKind() == CK_PointerToBoolean;
      return !Compared;
    }
    const auto *Binary = Above.get<BinaryOperator>();
    const auto *Unary = Above.get<UnaryOperator>();
    Compared |= (Binary && Binary->isComparisonOp()) || (Unary && Unary->getOpcode() == UO_LNot);
    return false;
  });
  return Compared && Ref->getType()->isPointerType();
}

const Stmt *useOf(const VarDecl *Variable, const Stmt *Body, ASTContext &Context) {
  const Stmt *Found = nullptr;
  forEach<DeclRefExpr>(Body, [&](const DeclRefExpr *Ref) {
    if (!Found && Ref->getDecl() == Variable && !isOnlyCompared(Ref, Context))
      Found = Ref;
  });
  return Found;
}

} // namespace

void forEachTemporaryElement(const FunctionDecl *Function, ASTContext &Context,
                             llvm::function_ref<void(const TemporaryElement &)> Visit) {
  const Stmt *Body = Function->getBody();
  forEach<DeclStmt>(Body, [&](const DeclStmt *Declared) {
    for (const Decl *D : Declared->decls()) {
      const auto *Variable = dyn_cast<VarDecl>(D);
      if (!Variable || Variable->isImplicit() || !Variable->getInit() || !refers(Variable))
        continue;
      const CallExpr *List = temporaryUnder(Variable->getInit());
      if (const Stmt *Use = List ? useOf(Variable, Body, Context) : nullptr)
        Visit({Variable, List, Use});
    }
  });
  if (Context.getLangOpts().CPlusPlus23)
    return; // keeps what a loop's range is made of
  forEach<CXXForRangeStmt>(Body, [&](const CXXForRangeStmt *Loop) {
    if (const CallExpr *List = temporaryUnder(Loop->getRangeInit()))
      Visit({Loop->getLoopVariable(), List, Loop});
  });
}

} // namespace torchtidy
