#include "model/hooks/HookStores.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/tensors/TensorUses.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 10;

bool outlivesCall(const Place &Target, const HookBody &Body, unsigned Depth = 0) {
  if (Target.IsThis)
    return true;
  const auto *Variable = dyn_cast_or_null<VarDecl>(Target.Root);
  if (!Variable || Depth > MaxDepth)
    return false;
  if (Variable->hasGlobalStorage() || !Body.declares(Variable))
    return true;
  QualType Type = Variable->getType();
  if (isa<ParmVarDecl>(Variable))
    // Bound by std::ref, or the hooked module itself.
    return (Type->isReferenceType() && !Type->isRValueReferenceType() &&
            !Type.getNonReferenceType().isConstQualified()) ||
           Target.ThroughPointer;
  return (Type->isReferenceType() || Target.ThroughPointer) && initialiserOf(Variable) &&
         outlivesCall(placeOf(Variable->getInit()), Body, Depth + 1);
}

} // namespace

llvm::SmallVector<HookStore, 4> lastingStores(const HookBody &Body, ASTContext &Context) {
  llvm::SmallVector<HookStore, 4> Stores;
  auto Add = [&](const Expr *Where, const Expr *Target, const Expr *Value, bool Appends) {
    Place Stored = placeOf(Target);
    if (outlivesCall(Stored, Body))
      Stores.push_back({Where, Value, Stored.Last, Appends});
  };
  // Lambdas inside run at another time, or on locals; only the body proper is looked at.
  forEach<Expr>(
      Body.body(),
      [&](const Expr *E) {
        std::optional<Assignment> Assign = asAssignment(E);
        const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E);
        bool Keeps =
            Operator && (isCompoundAssignment(Operator->getOperator()) || copiesInto(Operator));
        if (Assign && !Keeps)
          Add(E, Assign->Target, Assign->Value, false);
        if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E); Call && isFiller(calleeName(Call)))
          for (const Expr *Argument : Call->arguments())
            Add(Call, Call->getImplicitObjectArgument(), Argument, true);
      },
      LambdaBodies::Skip);
  return Stores;
}

namespace {

// The variable whose storage a tensor expression shows: x, x[0], x.view(-1), x.data().
const ValueDecl *storageOf(const Expr *E) {
  for (unsigned Depth = 0; E && Depth < 16; ++Depth) {
    E = stripValue(E);
    if (const ValueDecl *Named = namedDecl(E))
      return Named;
    if (const CXXOperatorCallExpr *Subscript = asOperator(E, OO_Subscript);
        Subscript && isTensorType(Subscript->getArg(0)->getType())) {
      E = Subscript->getArg(0);
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
  return anyDescendant<Expr>(E, [](const Expr *Part) {
    const auto *Call = dyn_cast<CallExpr>(Part);
    if (isWritingOption(calleeName(Call)) && Call->getNumArgs())
      return boolLiteral(Call->getArg(0)).value_or(false);
    const auto *Construct = dyn_cast<CXXConstructExpr>(Part);
    return Construct && Construct->getNumArgs() == 1 &&
           nameOf(Construct->getConstructor()->getParent()).ends_with("ReLUOptions") &&
           boolLiteral(Construct->getArg(0)).value_or(false);
  });
}

} // namespace

const ValueDecl *changedInPlace(const Stmt *S) {
  const auto *Call = dyn_cast_or_null<CallExpr>(S);
  if (!Call)
    return nullptr;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    if (!Operator->getNumArgs() || !isTensorType(Operator->getArg(0)->getType())) {
      // A module that was made in view with inplace(true): act(x).
      bool IsCall = asOperator(Operator, OO_Call) && isModuleCall(Operator);
      return IsCall && Operator->getNumArgs() == 2 &&
                     saysInplace(initialiserOf(Operator->getArg(0)))
                 ? storageOf(Operator->getArg(1))
                 : nullptr;
    }
    std::optional<Assignment> Assign = asAssignment(Operator);
    bool Changes = Assign && (Assign->IsCompound || stripValue(Assign->Target)->isPRValue());
    return Changes ? storageOf(Assign->Target) : nullptr;
  }
  bool Writes = operationNamed(calleeName(Call)).writesValues();
  if (isa<CXXMemberCallExpr>(Call)) {
    const Expr *Object = objectOf(Call);
    return isTensorType(Object->getType()) && Writes ? storageOf(Object) : nullptr;
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
