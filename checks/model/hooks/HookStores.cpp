#include "model/hooks/HookStores.h"
#include "model/tensors/TensorUses.h"
#include "model/torch/ModuleClass.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

StorageRoot storageRoot(const Expr *E) {
  StorageRoot Root;
  // p->push_back(x): the object is the pointer's value.
  Root.ThroughPointer = E && E->getType()->isPointerType() && E->isPRValue();
  for (unsigned Depth = 0; E && Depth < 16; ++Depth) {
    E = stripValue(E);
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      Root.Decl = Ref->getDecl();
      if (!Root.Last)
        Root.Last = Root.Decl;
      return Root;
    }
    if (isa<CXXThisExpr>(E)) {
      Root.IsThis = true;
      return Root;
    }
    if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      if (!Root.Last)
        Root.Last = Member->getMemberDecl();
      if (isa<VarDecl>(Member->getMemberDecl())) { // a static data member
        Root.Decl = Member->getMemberDecl();
        return Root;
      }
      Root.ThroughPointer |= Member->isArrow();
      E = Member->getBase();
    } else if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
      OverloadedOperatorKind Kind = Operator->getOperator();
      if (Kind != OO_Subscript && Kind != OO_Star && Kind != OO_Arrow)
        return {};
      Root.ThroughPointer |= Kind != OO_Subscript;
      E = Operator->getArg(0);
    } else if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
      if (Unary->getOpcode() == UO_Deref)
        Root.ThroughPointer = true;
      else if (Unary->getOpcode() != UO_AddrOf)
        return {};
      E = Unary->getSubExpr();
    } else if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E)) {
      E = Subscript->getBase();
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      llvm::StringRef Name = calleeName(Call);
      if (Name == "get")
        Root.ThroughPointer = true;
      else if (Name != "at" && Name != "back" && Name != "front" && Name != "value" &&
               Name != "second" && Name != "first" && Name != "lock")
        return {};
      E = Call->getImplicitObjectArgument();
    } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
      if (calleeName(Call) != "get" || !Call->getNumArgs())
        return {};
      E = Call->getArg(0);
    } else {
      return {};
    }
  }
  return {};
}

namespace {

constexpr unsigned MaxDepth = 10;

bool outlivesCall(const StorageRoot &Root, const HookBody &Body, unsigned Depth = 0) {
  if (Root.IsThis)
    return true;
  const auto *Variable = dyn_cast_or_null<VarDecl>(Root.Decl);
  if (!Variable || Depth > MaxDepth)
    return false;
  if (Variable->hasGlobalStorage() || !Body.declares(Variable))
    return true;
  QualType Type = Variable->getType();
  if (isa<ParmVarDecl>(Variable))
    // Bound by std::ref, or the hooked module itself.
    return (Type->isReferenceType() && !Type->isRValueReferenceType() &&
            !Type.getNonReferenceType().isConstQualified()) ||
           Root.ThroughPointer;
  if ((Type->isReferenceType() || Root.ThroughPointer) && Variable->getInit())
    return outlivesCall(storageRoot(Variable->getInit()), Body, Depth + 1);
  return false;
}

} // namespace

llvm::SmallVector<HookStore, 4> lastingStores(const HookBody &Body, ASTContext &Context) {
  llvm::SmallVector<HookStore, 4> Stores;
  auto Add = [&](const Expr *Where, const Expr *Target, const Expr *Value, bool Appends) {
    StorageRoot Root = storageRoot(Target);
    if (outlivesCall(Root, Body))
      Stores.push_back({Where, Value, Root.Last, Appends});
  };
  // Lambdas inside run at another time, or on locals; only the body proper is looked at.
  auto Walk = [&](auto &&Self, const Stmt *S) -> void {
    if (!S || isa<LambdaExpr>(S))
      return;
    if (const auto *Assign = dyn_cast<BinaryOperator>(S); Assign && Assign->isAssignmentOp())
      Add(Assign, Assign->getLHS(), Assign->getRHS(), false);
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(S);
        Operator && Operator->getOperator() == OO_Equal && !copiesInto(Operator))
      Add(Operator, Operator->getArg(0), Operator->getArg(1), false);
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S); Call && isFiller(calleeName(Call)))
      for (const Expr *Argument : Call->arguments())
        Add(Call, Call->getImplicitObjectArgument(), Argument, true);
    for (const Stmt *Child : S->children())
      Self(Self, Child);
  };
  Walk(Walk, Body.body());
  return Stores;
}

namespace {

// The variable whose storage a tensor expression shows: x, x[0], x.view(-1), x.data().
const ValueDecl *storageOf(const Expr *E) {
  for (unsigned Depth = 0; E && Depth < 16; ++Depth) {
    E = stripValue(E);
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      return Ref->getDecl();
    if (const auto *Member = dyn_cast<MemberExpr>(E))
      return Member->getMemberDecl();
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
      if (Operator->getOperator() != OO_Subscript || !isTensorType(Operator->getArg(0)->getType()))
        return nullptr;
      E = Operator->getArg(0);
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      Operation Called = operationNamed(calleeName(Call));
      if (!isTensorType(Call->getImplicitObjectArgument()->getType()) ||
          !(Called.isView() || Called.reshapes()))
        return nullptr;
      E = Call->getImplicitObjectArgument();
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

bool saysInplace(const Expr *E) {
  bool Found = false;
  forEachStmt(E, [&](const Stmt *S) {
    const auto *Call = dyn_cast<CallExpr>(S);
    if (Call && calleeName(Call) == "inplace" && Call->getNumArgs())
      if (const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(stripValue(Call->getArg(0))))
        Found |= Literal->getValue();
    const auto *Construct = dyn_cast<CXXConstructExpr>(S);
    if (Construct && Construct->getNumArgs() == 1)
      if (const CXXRecordDecl *Record = Construct->getConstructor()->getParent();
          Record->getIdentifier() && Record->getName().ends_with("ReLUOptions"))
        if (const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(stripValue(Construct->getArg(0))))
          Found |= Literal->getValue();
  });
  return Found;
}

} // namespace

const ValueDecl *changedInPlace(const Stmt *S) {
  const auto *Call = dyn_cast_or_null<CallExpr>(S);
  if (!Call)
    return nullptr;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    if (!Operator->getNumArgs() || !isTensorType(Operator->getArg(0)->getType())) {
      // A module that was made in view with inplace(true): act(x).
      if (Operator->getOperator() == OO_Call && isModuleCall(Operator) &&
          Operator->getNumArgs() == 2)
        if (const auto *Ref = dyn_cast<DeclRefExpr>(stripValue(Operator->getArg(0))))
          if (const auto *Module = dyn_cast<VarDecl>(Ref->getDecl());
              Module && saysInplace(Module->getInit()))
            return storageOf(Operator->getArg(1));
      return nullptr;
    }
    switch (Operator->getOperator()) {
    case OO_PlusEqual:
    case OO_MinusEqual:
    case OO_StarEqual:
    case OO_SlashEqual:
      return storageOf(Operator->getArg(0));
    case OO_Equal:
      return copiesInto(Operator) ? storageOf(Operator->getArg(0)) : nullptr;
    default:
      return nullptr;
    }
  }
  bool Writes = operationNamed(calleeName(Call)).writesValues();
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = Method->getImplicitObjectArgument();
    if (isTensorType(Object->getType()))
      return Writes ? storageOf(Object) : nullptr;
    return nullptr;
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || !isLibTorchDecl(Callee) || !Call->getNumArgs() ||
      !isTensorType(Call->getArg(0)->getType()))
    return nullptr;
  if (Writes)
    return storageOf(Call->getArg(0));
  for (unsigned I = 1; I < Call->getNumArgs(); ++I)
    if (saysInplace(Call->getArg(I)))
      return storageOf(Call->getArg(0));
  return nullptr;
}

} // namespace torchtidy
