#include "model/tensors/OptionalTensors.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleClass.h"

using namespace clang;

namespace torchtidy {

namespace {

llvm::StringRef calleeName(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  return Callee && Callee->getIdentifier() ? Callee->getName() : llvm::StringRef();
}

} // namespace

bool isOptionsType(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Record && Record->getIdentifier() && isLibTorchDecl(Record) &&
         Record->getName().ends_with("Options");
}

bool isFindBias(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(stripValue(E));
  if (!Call || calleeName(Call) != "find" || Call->getNumArgs() != 1)
    return false;
  const CXXRecordDecl *Record =
      Call->getMethodDecl() ? Call->getMethodDecl()->getParent() : nullptr;
  if (!Record || !isLibTorchDecl(Record) || !Record->getIdentifier() ||
      Record->getName() != "OrderedDict")
    return false;
  const Expr *Key = stripValue(Call->getArg(0));
  while (const auto *Construct = dyn_cast<CXXConstructExpr>(Key)) {
    if (Construct->getNumArgs() < 1)
      return false;
    Key = stripValue(Construct->getArg(0));
  }
  const auto *Literal = dyn_cast<clang::StringLiteral>(Key);
  return Literal && Literal->isOrdinary() &&
         (Literal->getString() == "bias" || Literal->getString().ends_with(".bias"));
}

std::optional<OptionalTensor> optionalTensor(const Expr *E, const ProjectIndex &Index) {
  E = stripValue(E);
  if (!E)
    return std::nullopt;
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    if (!Field || !isLibTorchDecl(Field) || !isTensorType(Field->getType()))
      return std::nullopt;
    // The static type of the object, before it was cast to the base that declares the field.
    QualType Type = Member->getBase()->IgnoreParenImpCasts()->getType();
    const CXXRecordDecl *Record = moduleOf(Type);
    OptionalTensor Access;
    Access.Library = libraryModuleName(Record);
    const OptionalSlot *Slot = optionalSlot(layerOf(Record), Field->getName());
    if (!Slot)
      return std::nullopt;
    Access.Access = E;
    Access.Module = Member->getBase();
    Access.Record = Record;
    Access.Slot = Field->getName();
    Access.Option = Slot->Option;
    Access.Default = Slot->Default;
    return Access;
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E); Ref && !E->getType()->isPointerType()) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (!Variable || isa<ParmVarDecl>(Variable) || !Variable->isLocalVarDecl() ||
        !Variable->getInit() || !isTensorType(Variable->getType()) ||
        Index.valuesOf(Variable).size() != 1)
      return std::nullopt;
    std::optional<OptionalTensor> Access = optionalTensor(Variable->getInit(), Index);
    if (Access)
      Access->Access = E;
    return Access;
  }
  const Expr *Pointer = nullptr;
  if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_Deref)
    Pointer = stripValue(Unary->getSubExpr());
  else if (E->getType()->isPointerType()) // p->zero_()
    Pointer = E;
  if (!Pointer)
    return std::nullopt;
  bool Found = isFindBias(Pointer);
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Pointer); Ref && !Found)
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()))
      Found = Variable->getInit() && !isa<ParmVarDecl>(Variable) &&
              isFindBias(Variable->getInit()) && Index.valuesOf(Variable).size() == 1;
  if (!Found)
    return std::nullopt;
  OptionalTensor Access;
  Access.Access = E;
  Access.Pointer = Pointer;
  Access.Slot = "bias";
  Access.Option = "bias";
  return Access;
}

} // namespace torchtidy
