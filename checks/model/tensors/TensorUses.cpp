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

} // namespace

llvm::SmallVector<TensorUse, 2> usesOf(const CallExpr *Call) {
  llvm::SmallVector<TensorUse, 2> Uses;
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee)
    return Uses;
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(Call)) {
    OverloadedOperatorKind Kind = Op->getOperator();
    std::string Name = Callee->getNameAsString();
    if (Kind == OO_Equal) {
      // x[0] = y writes through a view; x = y only rebinds.
      const Expr *Target = stripValue(Op->getArg(0));
      if (copiesInto(Op))
        Uses.push_back({Target, Call, UseKind::InPlace, "operator="});
      return Uses;
    }
    if (Kind == OO_LessLess || Kind == OO_GreaterGreater || Kind == OO_Arrow || Kind == OO_Comma ||
        Kind == OO_Call || !isLibTorchDecl(Callee))
      return Uses;
    for (unsigned I = 0; I < Op->getNumArgs(); ++I) {
      const Expr *Operand = stripValue(Op->getArg(I));
      if (isTensorExpr(Operand))
        Uses.push_back({Operand, Call,
                        I == 0 && isCompoundAssignment(Kind) ? UseKind::InPlace : UseKind::Value,
                        Name});
    }
    return Uses;
  }
  llvm::StringRef Name = nameOf(Callee);
  if (Name.empty())
    return Uses;
  Operation Called = operationNamed(Name);
  if (const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = stripValue(MemberCall->getImplicitObjectArgument());
    if (isTensorObject(Object) && isLibTorchDecl(Callee) && !Called.has(TakesUndefined))
      Uses.push_back(
          {Object, Call, Called.isInPlace() ? UseKind::InPlace : UseKind::Value, Name.str()});
    // y.add_(x), y.copy_(x): the argument is used as well.
    if (isTensorObject(Object) && isLibTorchDecl(Callee) && !Called.is(Op::set_data) &&
        !Called.is(Op::is_same))
      for (const Expr *Argument : Call->arguments())
        if (const Expr *Operand = stripValue(Argument); isTensorExpr(Operand))
          Uses.push_back({Operand, Call, UseKind::Value, Name.str()});
    return Uses;
  }
  bool Init = inNamespace(Callee, "torch::nn::init");
  if (!Init && !inNamespace(Callee, "at"))
    return Uses;
  for (unsigned I = 0; I < Call->getNumArgs(); ++I) {
    // A bias that may be undefined is an optional<Tensor> of the signature: no tensor expression.
    const Expr *Operand = stripValue(Call->getArg(I));
    if (isTensorExpr(Operand)) {
      bool Written = I == 0 && Called.isInPlace();
      Uses.push_back({Operand, Call,
                      Init      ? UseKind::Init
                      : Written ? UseKind::InPlace
                                : UseKind::Value,
                      Name.str()});
    }
  }
  return Uses;
}

void forEachTensorUse(const FunctionDecl *Function, UseFn Visit) {
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &Context) {
    for (const TensorUse &Use : usesOf(Call))
      Visit(Use, Context);
  });
}

} // namespace torchtidy
