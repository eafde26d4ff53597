#include "model/tensors/SameTensor.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

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
    if (isLibTorchDecl(Callee))
      return isa<CXXMemberCallExpr>(Call) && nameOf(Callee).ends_with("_") &&
             holds(objectOf(Call), Is);
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
      if (holds(Argument, Is) && returns(Callee, Parameter))
        return true;
    return false;
  }

private:
  bool returns(const FunctionDecl *Function, const ParmVarDecl *Parameter) {
    const FunctionDecl *Definition = nullptr;
    if (!Function->hasBody(Definition))
      return Unknown;
    const ParmVarDecl *Own = Definition->getParamDecl(Parameter->getFunctionScopeIndex());
    if (!Entered.insert(Own).second)
      return false;
    bool Returns = false;
    auto GivesAnother = [&](const Stmt *S) {
      if (auto Assign = asPlainAssignment(S))
        return namedVariable(Assign->Target) == Own;
      const auto *Return = dyn_cast<ReturnStmt>(S);
      Returns |= Return != nullptr;
      return Return &&
             !holds(Return->getRetValue(), [&](const Expr *E) { return namedVariable(E) == Own; });
    };
    bool Same = !anyDescendant<Stmt>(Definition->getBody(), GivesAnother, LambdaBodies::Skip);
    Entered.erase(Own); // same(same(x)) comes here twice
    return Same && Returns;
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
