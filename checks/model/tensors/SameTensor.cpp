#include "model/tensors/SameTensor.h"
#include "model/facts/Registrations.h"
#include "model/torch/ModuleClass.h"

using namespace clang;

namespace torchtidy {

namespace {

class SameTensor {
public:
  explicit SameTensor(bool Unknown) : Unknown(Unknown) {}

  bool holds(const Expr *Value, llvm::function_ref<bool(const Expr *)> Is) {
    if (!Value)
      return false;
    Value = stripValue(Value);
    if (Is(Value))
      return true;
    const auto *Call = dyn_cast<CallExpr>(Value);
    const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
    if (!Callee)
      return false;
    if (isLibTorchDecl(Callee)) {
      const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      return Member && Callee->getIdentifier() && Callee->getName().ends_with("_") &&
             holds(Member->getImplicitObjectArgument(), Is);
    }
    // The object of a lambda's call stands first.
    unsigned First = isa<CXXOperatorCallExpr>(Call) && isa<CXXMethodDecl>(Callee) ? 1 : 0;
    for (unsigned I = First; I < Call->getNumArgs(); ++I)
      if (I - First < Callee->getNumParams() && holds(Call->getArg(I), Is) &&
          returns(Callee, Callee->getParamDecl(I - First)))
        return true;
    return false;
  }

private:
  class Returns : public RecursiveASTVisitor<Returns> {
  public:
    llvm::SmallVector<const Expr *, 4> Values;
    llvm::SmallPtrSet<const VarDecl *, 4> Assigned;
    bool VisitReturnStmt(ReturnStmt *Return) {
      Values.push_back(Return->getRetValue());
      return true;
    }
    bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
      if (Call->getOperator() == OO_Equal)
        if (const VarDecl *Var = namedVariable(Call->getArg(0)))
          Assigned.insert(Var);
      return true;
    }
    bool TraverseLambdaExpr(LambdaExpr *) { return true; }
  };

  bool returns(const FunctionDecl *Function, const ParmVarDecl *Parameter) {
    const FunctionDecl *Definition = nullptr;
    if (!Function->hasBody(Definition))
      return Unknown;
    const ParmVarDecl *Own = Definition->getParamDecl(Parameter->getFunctionScopeIndex());
    if (!Entered.insert(Own).second)
      return false;
    Returns Body;
    Body.TraverseStmt(Definition->getBody());
    return !Body.Values.empty() && !Body.Assigned.count(Own) &&
           llvm::all_of(Body.Values, [&](const Expr *Value) {
             return holds(Value, [&](const Expr *E) { return namedVariable(E) == Own; });
           });
  }

  const bool Unknown;
  llvm::SmallPtrSet<const ParmVarDecl *, 4> Entered; // a recursive function ends here
};

} // namespace

bool isSameTensor(const Expr *Value, llvm::function_ref<bool(const Expr *)> Is, bool Unknown) {
  return SameTensor(Unknown).holds(Value, Is);
}

bool isInPlaceOf(const Expr *Value, const FieldDecl *Field, bool Unknown) {
  return isSameTensor(Value, [&](const Expr *E) { return fieldOfThis(E) == Field; }, Unknown);
}

} // namespace torchtidy
