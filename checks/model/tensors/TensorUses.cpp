#include "model/tensors/TensorUses.h"
#include "model/syntax/Assignments.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool inNamespace(const Decl *D, llvm::StringRef Qualified) {
  for (const DeclContext *Ctx = D->getDeclContext(); Ctx; Ctx = Ctx->getParent())
    if (const auto *Namespace = dyn_cast<NamespaceDecl>(Ctx);
        Namespace && isNamed(Namespace, Qualified))
      return true;
  return false;
}

bool isTensorExpr(const Expr *E) { return isTensorType(E->getType()); }

// The object of `x.op()` or `p->op()`.
bool isTensorObject(const Expr *E) {
  return isTensorType(E->getType()->isPointerType() ? E->getType()->getPointeeType()
                                                    : E->getType());
}

using Uses = llvm::SmallVector<TensorUse, 2>;

Uses usesOfOperator(const CXXOperatorCallExpr *Op) {
  Uses Found;
  const FunctionDecl *Callee = Op->getDirectCallee();
  OverloadedOperatorKind Kind = Op->getOperator();
  if (Kind == OO_Equal) {
    // x[0] = y writes through a view; x = y only rebinds.
    if (copiesInto(Op))
      Found.push_back({stripValue(Op->getArg(0)), Op, UseKind::InPlace, "operator="});
    return Found;
  }
  if (Kind == OO_LessLess || Kind == OO_GreaterGreater || Kind == OO_Arrow || Kind == OO_Comma ||
      Kind == OO_Call || !isLibTorchDecl(Callee))
    return Found;
  for (unsigned I = 0; I < Op->getNumArgs(); ++I) {
    const Expr *Operand = stripValue(Op->getArg(I));
    bool Written = I == 0 && isCompoundAssignment(Kind);
    if (isTensorExpr(Operand))
      Found.push_back(
          {Operand, Op, Written ? UseKind::InPlace : UseKind::Value, Callee->getNameAsString()});
  }
  return Found;
}

Uses usesOfMember(const CXXMemberCallExpr *Call, const Operation &Called, llvm::StringRef Name) {
  Uses Found;
  const Expr *Object = stripValue(Call->getImplicitObjectArgument());
  if (!isTensorObject(Object) || !isLibTorchDecl(Call->getDirectCallee()))
    return Found;
  if (!Called.has(TakesUndefined))
    Found.push_back(
        {Object, Call, Called.isInPlace() ? UseKind::InPlace : UseKind::Value, Name.str()});
  // y.add_(x), y.copy_(x): the argument is used as well.
  if (!Called.is(Op::set_data) && !Called.is(Op::is_same))
    for (const Expr *Argument : Call->arguments())
      if (const Expr *Operand = stripValue(Argument); isTensorExpr(Operand))
        Found.push_back({Operand, Call, UseKind::Value, Name.str()});
  return Found;
}

Uses usesOfFunction(const CallExpr *Call, const Operation &Called, llvm::StringRef Name) {
  Uses Found;
  bool Init = inNamespace(Call->getDirectCallee(), "torch::nn::init");
  if (!Init && !inNamespace(Call->getDirectCallee(), "at"))
    return Found;
  for (unsigned I = 0; I < Call->getNumArgs(); ++I) {
    // A bias that may be undefined is an optional<Tensor> of the signature: no tensor expression.
    const Expr *Operand = stripValue(Call->getArg(I));
    bool Written = I == 0 && Called.isInPlace();
    if (isTensorExpr(Operand))
      Found.push_back({Operand, Call,
                       Init      ? UseKind::Init
                       : Written ? UseKind::InPlace
                                 : UseKind::Value,
                       Name.str()});
  }
  return Found;
}

} // namespace

llvm::SmallVector<TensorUse, 2> usesOf(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee)
    return {};
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call))
    return usesOfOperator(Operator);
  llvm::StringRef Name = nameOf(Callee);
  if (Name.empty())
    return {};
  Operation Called = operationNamed(Name);
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call))
    return usesOfMember(Member, Called, Name);
  return usesOfFunction(Call, Called, Name);
}

void forEachTensorUse(const FunctionDecl *Function, UseFn Visit) {
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &Context) {
    for (const TensorUse &Use : usesOf(Call))
      Visit(Use, Context);
  });
}

} // namespace torchtidy
