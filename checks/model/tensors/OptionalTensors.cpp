#include "model/tensors/OptionalTensors.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/torch/Layers.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `m` of m->named_parameters().find("bias"), the listing through a local too; null for a name below
// a child and for what is no listing.
const Expr *askedModule(const Expr *Find) {
  const auto *Call = cast<CXXMemberCallExpr>(stripValue(Find));
  if (literalText(Call->getArg(0)) != "bias")
    return nullptr;
  const Expr *From = followInitialiser(objectOf(Call));
  return listingNamed(calleeName(From)) == Listing::Parameters ? objectOf(From) : nullptr;
}

} // namespace

bool isOptionsType(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return isLibTorchDecl(Record) && nameOf(Record).ends_with("Options");
}

bool isFindBias(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(stripValue(E));
  if (!Call || calleeName(Call) != "find" || Call->getNumArgs() != 1)
    return false;
  const CXXRecordDecl *Record =
      Call->getMethodDecl() ? Call->getMethodDecl()->getParent() : nullptr;
  if (!isLibTorchDecl(Record) || nameOf(Record) != "OrderedDict")
    return false;
  llvm::StringRef Key = literalText(Call->getArg(0)).value_or("");
  return Key == "bias" || Key.ends_with(".bias");
}

std::optional<OptionalTensor> optionalTensor(const Expr *E, const ProjectIndex &Index) {
  // auto b = fc->bias; the name is what the code uses.
  const Expr *Written = stripValue(E);
  E = followInitialiser(Written, [&](const VarDecl *Variable) -> const Expr * {
    bool StandsForIt = Variable->isLocalVarDecl() && isTensorType(Variable->getType()) &&
                       Index.valuesOf(Variable).size() == 1;
    return StandsForIt ? initialiserOf(Variable) : nullptr;
  });
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
    Access.Access = Written;
    Access.Module = Member->getBase();
    Access.Record = Record;
    Access.Slot = Field->getName();
    Access.Option = Slot->Option;
    Access.Default = Slot->Default;
    return Access;
  }
  const Expr *Pointer = nullptr;
  if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_Deref)
    Pointer = stripValue(Unary->getSubExpr());
  else if (E->getType()->isPointerType()) // p->zero_()
    Pointer = E;
  if (!Pointer)
    return std::nullopt;
  const Expr *Init = initialiserOf(Pointer);
  bool IsFoundOnce = Init && Index.valuesOf(namedVariable(Pointer)).size() == 1;
  const Expr *Find = isFindBias(Pointer)               ? Pointer
                     : IsFoundOnce && isFindBias(Init) ? Init
                                                       : nullptr;
  if (!Find)
    return std::nullopt;
  OptionalTensor Access;
  Access.Asked = askedModule(Find);
  Access.Access = Written;
  Access.Pointer = Pointer;
  Access.Slot = "bias";
  Access.Option = "bias";
  return Access;
}

} // namespace torchtidy
