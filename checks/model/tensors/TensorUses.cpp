#include "model/tensors/TensorUses.h"
#include "model/torch/ModuleClass.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace torchtidy {

namespace {

// Of an undefined tensor these ask nothing that throws.
const llvm::StringSet<> &harmlessMethods() {
  static const llvm::StringSet<> Names = {"defined",
                                          "has_value",
                                          "is_same",
                                          "use_count",
                                          "weak_use_count",
                                          "unsafeGetTensorImpl",
                                          "unsafeReleaseTensorImpl",
                                          "getIntrusivePtr",
                                          "unsafeReleaseIntrusivePtr",
                                          "reset",
                                          "sizes",
                                          "strides",
                                          "dim",
                                          "ndimension",
                                          "numel",
                                          "requires_grad",
                                          "set_requires_grad",
                                          "grad",
                                          "mutable_grad",
                                          "is_leaf",
                                          "grad_fn",
                                          "toString",
                                          "print",
                                          "layout",
                                          "dtype",
                                          "scalar_type",
                                          "has_storage",
                                          "is_cuda",
                                          "is_cpu",
                                          "is_sparse",
                                          "is_quantized",
                                          "is_meta",
                                          "name",
                                          "key_set",
                                          "is_contiguous",
                                          "nbytes",
                                          "itemsize",
                                          "register_hook",
                                          "retains_grad",
                                          "swap"};
  return Names;
}

bool inNamespace(const Decl *D, llvm::StringRef Qualified) {
  for (const DeclContext *Ctx = D->getDeclContext(); Ctx; Ctx = Ctx->getParent())
    if (const auto *Namespace = dyn_cast<NamespaceDecl>(Ctx);
        Namespace && isNamed(Namespace, Qualified))
      return true;
  return false;
}

// Operations that take an undefined bias or weight for "none".
bool acceptsUndefined(llvm::StringRef Name) {
  return Name.starts_with("linear") || Name.starts_with("conv") || Name.starts_with("_conv") ||
         Name.ends_with("_norm") || Name.starts_with("bilinear") || Name.contains("batch_norm") ||
         Name.contains("multi_head_attention") || Name.starts_with("cudnn_") ||
         Name.starts_with("mkldnn_") || Name.contains("_cell") || Name.starts_with("addmm") ||
         Name.starts_with("slow_conv") || Name.starts_with("thnn_conv");
}

bool isCompound(OverloadedOperatorKind Kind) {
  return Kind == OO_PlusEqual || Kind == OO_MinusEqual || Kind == OO_StarEqual ||
         Kind == OO_SlashEqual;
}

bool isTensorExpr(const Expr *E) { return isTensorType(E->getType()); }

// The object of `x.op()` or `p->op()`.
bool isTensorObject(const Expr *E) {
  return isTensorType(E->getType()->isPointerType() ? E->getType()->getPointeeType()
                                                    : E->getType());
}

} // namespace

bool isInPlaceName(llvm::StringRef Name) {
  if (!Name.ends_with("_") || Name.ends_with("__"))
    return false;
  return !llvm::is_contained({"requires_grad_", "detach_", "share_memory_", "rename_",
                              "retain_grad_", "set_", "resize_", "resize_as_"},
                             Name);
}

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
      if (isTensorExpr(Target) && Target->isPRValue())
        Uses.push_back({Target, Call, UseKind::InPlace, "operator="});
      return Uses;
    }
    if (Kind == OO_LessLess || Kind == OO_GreaterGreater || Kind == OO_Arrow || Kind == OO_Comma ||
        Kind == OO_Call || !isLibTorchDecl(Callee))
      return Uses;
    for (unsigned I = 0; I < Op->getNumArgs(); ++I) {
      const Expr *Operand = stripValue(Op->getArg(I));
      if (isTensorExpr(Operand))
        Uses.push_back(
            {Operand, Call, I == 0 && isCompound(Kind) ? UseKind::InPlace : UseKind::Value, Name});
    }
    return Uses;
  }
  if (!Callee->getIdentifier())
    return Uses;
  llvm::StringRef Name = Callee->getName();
  if (const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = stripValue(MemberCall->getImplicitObjectArgument());
    if (isTensorObject(Object) && isLibTorchDecl(Callee) && !harmlessMethods().contains(Name))
      Uses.push_back(
          {Object, Call, isInPlaceName(Name) ? UseKind::InPlace : UseKind::Value, Name.str()});
    // y.add_(x), y.copy_(x): the argument is used as well.
    if (isTensorObject(Object) && isLibTorchDecl(Callee) && Name != "set_data" && Name != "is_same")
      for (const Expr *Argument : Call->arguments())
        if (const Expr *Operand = stripValue(Argument); isTensorExpr(Operand))
          Uses.push_back({Operand, Call, UseKind::Value, Name.str()});
    return Uses;
  }
  bool Init = inNamespace(Callee, "torch::nn::init");
  bool Operation = !Init && inNamespace(Callee, "at") && !acceptsUndefined(Name);
  if (!Init && !Operation)
    return Uses;
  for (unsigned I = 0; I < Call->getNumArgs(); ++I) {
    const Expr *Operand = stripValue(Call->getArg(I));
    if (isTensorExpr(Operand)) {
      bool Written = I == 0 && (isInPlaceName(Name) || Name.ends_with("_out"));
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
