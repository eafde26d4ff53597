#include "model/training/GraphCycles.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isTrue(const Expr *E, ASTContext &Context) {
  if (!E || E->isValueDependent() || !E->getType()->isBooleanType())
    return false;
  bool Result = false;
  return E->EvaluateAsBooleanCondition(Result, Context) && Result;
}

// `y.backward({}, true, /*create_graph=*/true)`, `torch::autograd::backward(…)`
bool createsGraph(const CallExpr *Call, ASTContext &Context) {
  if (!runsBackward(Call) || !Call->getType()->isVoidType())
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Call->getDirectCallee()))
    if (nameOf(Parameter) == "create_graph")
      return isTrue(Argument, Context);
  return false;
}

bool isGradient(const Expr *E) { return E && anyDescendant<CallExpr>(E, namesGradient); }

// `optimizer.zero_grad()`, `x.mutable_grad().reset()`, `x.mutable_grad() = {}`,
// `x.grad().detach_()`
bool resetsGradients(const Stmt *S) {
  if (auto Assign = asPlainAssignment(S))
    return isGradient(Assign->Target);
  const auto *Call = dyn_cast<CallExpr>(S);
  if (calleeName(Call) == "zero_grad")
    return true;
  Operation Called = operationOf(Call);
  return (Called.is(Op::reset) || Called.is(Op::detach_)) && isGradient(objectOf(Call));
}

bool isAutogradFunction(const FunctionDecl *Function) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  if (!Method || !Method->isStatic() || nameOf(Method) != "forward" ||
      !Method->getParent()->hasDefinition())
    return false;
  return llvm::any_of(Method->getParent()->bases(), [](const CXXBaseSpecifier &Base) {
    return isNamed(Base.getType()->getAsCXXRecordDecl(), "torch::autograd::Function");
  });
}

// `ctx->saved_data["y"] = y`: what is stored.
const Expr *savedData(const Expr *E) {
  auto Assign = asPlainAssignment(E);
  const CXXOperatorCallExpr *Slot =
      Assign ? asOperator(stripValue(Assign->Target), OO_Subscript) : nullptr;
  const FieldDecl *Field = Slot ? namedField(Slot->getArg(0)) : nullptr;
  return nameOf(Field) == "saved_data" && isLibTorchDecl(Field) ? Assign->Value : nullptr;
}

void findSavedOutputs(const FunctionDecl *Function,
                      llvm::function_ref<void(const GraphCycle &)> Visit) {
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    const Expr *Saved = savedData(E);
    bool IsCut = Saved && anyDescendant<CallExpr>(Saved, [](const CallExpr *Call) {
                   Operation Called = operationOf(Call);
                   return Called && !Called.has(HasEffect);
                 });
    if (!Saved || IsCut)
      return;
    forEach<ReturnStmt>(
        Function->getBody(),
        [&](const ReturnStmt *Return) {
          const ValueDecl *Output = nullptr;
          // The tensor itself, or one of a list of them.
          forEach<DeclRefExpr>(Return->getRetValue(), [&](const DeclRefExpr *Ref) {
            bool IsItself = namedDecl(Return->getRetValue()) == Ref->getDecl() ||
                            !anyDescendant<CallExpr>(Return->getRetValue(),
                                                     [](const CallExpr *) { return true; });
            if (IsItself && isa<VarDecl>(Ref->getDecl()) && !isa<ParmVarDecl>(Ref->getDecl()) &&
                mentions(Saved, Ref->getDecl()))
              Output = Ref->getDecl();
          });
          if (Output)
            Visit({E, Output, Return});
        },
        LambdaBodies::Skip);
  });
}

} // namespace

void forEachGraphCycle(const FunctionDecl *Function, ASTContext &Context,
                       llvm::function_ref<void(const GraphCycle &)> Visit) {
  if (isAutogradFunction(Function))
    return findSavedOutputs(Function, Visit);
  if (anyDescendant<Stmt>(Function->getBody(), resetsGradients))
    return;
  forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    if (createsGraph(Call, Context))
      Visit({Call});
  });
}

} // namespace torchtidy
