#include "model/memory/LayoutQuestions.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Places.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Shapes.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 2;

using Question = llvm::function_ref<bool(const CallExpr *, const VarDecl *)>;

bool isOf(const CallExpr *Call, const VarDecl *Tensor) {
  const Expr *Object = objectOf(Call);
  return Object && namedVariable(Object) == Tensor;
}

bool asks(const FunctionDecl *Function, const VarDecl *Tensor, Question Is, unsigned Depth = 0) {
  return Function && Depth < MaxDepth &&
         anyDescendant<CallExpr>(
             Function->getBody(),
             [&](const CallExpr *Call) {
               if (Is(Call, Tensor))
                 return true;
               const FunctionDecl *Callee = Call->getDirectCallee();
               const FunctionDecl *Definition =
                   Callee && !isLibTorchDecl(Callee) ? visibleDefinition(Callee) : nullptr;
               if (!Definition || !Definition->hasBody())
                 return false;
               for (auto [Argument, Parameter] : argumentsWithParameters(Call, Definition))
                 if (namedVariable(Argument) == Tensor &&
                     asks(Definition, Parameter, Is, Depth + 1))
                   return true;
               return false;
             });
}

// `device.is_cpu()`, `device.type()`; not `device.str()`.
bool asksKind(const CallExpr *Call) {
  return isa<CXXMemberCallExpr>(Call) &&
         (Call->getType()->isBooleanType() || Call->getType()->isEnumeralType());
}

bool isDeviceOf(const Expr *E, const VarDecl *Tensor) {
  const auto *Call = E ? dyn_cast<CallExpr>(stripValue(E)) : nullptr;
  return Call && operationOf(Call).is(Op::device) && isOf(Call, Tensor);
}

} // namespace

bool asksStrides(const FunctionDecl *Function, const VarDecl *Tensor) {
  return asks(Function, Tensor, [](const CallExpr *Call, const VarDecl *Of) {
    return operationOf(Call).isOneOf({Op::is_contiguous, Op::stride, Op::strides}) &&
           isOf(Call, Of);
  });
}

bool asksDevice(const FunctionDecl *Function, const VarDecl *Tensor) {
  return asks(Function, Tensor, [](const CallExpr *Call, const VarDecl *Of) {
    if (isa<CXXMemberCallExpr>(Call))
      return (asksKind(Call) && isDeviceOf(objectOf(Call), Of)) ||
             (isOf(Call, Of) &&
              operationOf(Call).isOneOf({Op::is_cuda, Op::is_cpu, Op::is_meta, Op::get_device}));
    const auto *Compared = dyn_cast<CXXOperatorCallExpr>(Call);
    return Compared && CXXOperatorCallExpr::isComparisonOp(Compared->getOperator()) &&
           llvm::any_of(Compared->arguments(),
                        [&](const Expr *Side) { return isDeviceOf(Side, Of); });
  });
}

bool asksDeviceKind(const FunctionDecl *Function, const ValueDecl *Device) {
  auto IsDevice = [&](const Expr *E) { return E && namedDecl(E) == Device; };
  return anyDescendant<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    if (isa<CXXMemberCallExpr>(Call))
      return asksKind(Call) && IsDevice(objectOf(Call));
    const auto *Compared = dyn_cast<CXXOperatorCallExpr>(Call);
    return Compared && CXXOperatorCallExpr::isComparisonOp(Compared->getOperator()) &&
           llvm::any_of(Compared->arguments(), IsDevice);
  });
}

bool mayBeReplaced(const FunctionDecl *Function, const VarDecl *Tensor) {
  return anyDescendant<Stmt>(Function->getBody(), [&](const Stmt *S) {
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      if (isOf(Call, Tensor))
        return reshapesInPlace(operationOf(Call)) || operationOf(Call).is(Op::swap);
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (isLibTorchDecl(Callee) || isa<CXXOperatorCallExpr>(Call))
        return false;
      for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
        if (namedVariable(Argument) == Tensor && takesToChange(Parameter->getType()))
          return true;
      return false;
    }
    if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
      return isAssignedIn(Lambda->getBody(), Tensor);
    if (const auto *Address = dyn_cast<UnaryOperator>(S))
      return Address->getOpcode() == UO_AddrOf && namedVariable(Address->getSubExpr()) == Tensor;
    const auto *Declared = dyn_cast<DeclStmt>(S);
    return Declared && llvm::any_of(Declared->decls(), [&](const Decl *Each) {
             const auto *Variable = dyn_cast<VarDecl>(Each);
             return Variable && Variable->getInit() && takesToChange(Variable->getType()) &&
                    namedVariable(Variable->getInit()) == Tensor;
           });
  });
}

} // namespace torchtidy
