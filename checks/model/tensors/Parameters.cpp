#include "model/tensors/Parameters.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleClass.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

llvm::StringRef nameOf(const CallExpr *Call) {
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  return Callee && Callee->getIdentifier() ? Callee->getName() : llvm::StringRef();
}

const CallExpr *registration(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CallExpr>(E ? stripValue(E) : nullptr);
  return registrationKind(nameOf(Call)) == RegistrationKind::Parameter ? Call : nullptr;
}

// What a local name stands for.
const Expr *throughLocal(const Expr *E) {
  const VarDecl *Variable = namedVariable(E);
  return stripValue(
      Variable && Variable->getInit() && !isa<ParmVarDecl>(Variable) ? Variable->getInit() : E);
}

// The call of parameters() or named_parameters() that E names or is.
const Expr *parameterList(const Expr *E) {
  E = throughLocal(E);
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  bool Walks = listingNamed(nameOf(Call)) == Listing::Parameters;
  const CXXMethodDecl *Method = Walks ? Call->getMethodDecl() : nullptr;
  return Method && isNamed(Method->getParent(), "torch::nn::Module") ? E : nullptr;
}

// *named_parameters().find("weight"), named_parameters()["weight"]; also through locals.
const Expr *parameterLookup(const Expr *E) {
  // w->zero_() has the pointer itself as its object.
  const auto *Star = dyn_cast<UnaryOperator>(E);
  bool IsDeref = Star && Star->getOpcode() == UO_Deref;
  if (IsDeref || E->getType()->isPointerType()) {
    const auto *Find = dyn_cast<CXXMemberCallExpr>(throughLocal(IsDeref ? Star->getSubExpr() : E));
    return nameOf(Find) == "find" ? parameterList(Find->getImplicitObjectArgument()) : nullptr;
  }
  const auto *Subscript = dyn_cast<CXXOperatorCallExpr>(E);
  return Subscript && Subscript->getOperator() == OO_Subscript ? parameterList(Subscript->getArg(0))
                                                               : nullptr;
}

} // namespace

const Expr *stripViews(const Expr *E) {
  while (true) {
    E = stripValue(E);
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
        Op && Op->getOperator() == OO_Subscript && isTensorType(Op->getArg(0)->getType())) {
      E = Op->getArg(0);
      continue;
    }
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    if (!Call || !isTensorType(Call->getImplicitObjectArgument()->IgnoreParenImpCasts()->getType()))
      return E;
    Operation Called = operationNamed(nameOf(Call));
    if (!Called.isInPlace() && !(Called.isView() && !Called.has(CutsGraph)))
      return E;
    E = Call->getImplicitObjectArgument();
  }
}

bool isLayerParameter(const Expr *E) {
  const auto *Member = dyn_cast<MemberExpr>(E);
  const auto *Field = Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
  if (!Field || !isLibTorchDecl(Field) || !isTensorType(Field->getType()))
    return false;
  llvm::StringRef Library =
      libraryModuleName(moduleOf(Member->getBase()->IgnoreParenImpCasts()->getType()));
  return !Library.empty() && familyOf(layerNamed(Library)) != LayerFamily::Loss &&
         (Field->getName().contains("weight") || Field->getName().contains("bias"));
}

bool registersTrainable(const CallExpr *Call) {
  if (Call->getNumArgs() < 2)
    return false;
  if (Call->getNumArgs() < 3 || isa<CXXDefaultArgExpr>(Call->getArg(2)))
    return true;
  const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(stripValue(Call->getArg(2)));
  return Literal && Literal->getValue();
}

const Expr *parameterLoop(const Expr *E, const ProjectIndex &Index) {
  E = stripValue(E);
  // item.value(), pair.second, *it
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E); Call && nameOf(Call) == "value")
    E = stripValue(Call->getImplicitObjectArgument());
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const Expr *Range = Ref ? Index.rangeOf(Ref->getDecl()) : nullptr;
  return Range ? parameterList(Range) : nullptr;
}

ParameterOrigin parameterOrigin(const Expr *E, const ProjectIndex &Index) {
  E = stripValue(E);
  if (isLayerParameter(E))
    return {ParameterOrigin::Layer, nullptr, nullptr};
  if (const Expr *Range = parameterLoop(E, Index))
    return {ParameterOrigin::Element, nullptr, Range};
  if (const Expr *List = parameterLookup(E))
    return {ParameterOrigin::Element, nullptr, List};
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (Variable && Variable->isLocalVarDecl() && !Variable->isCXXForRangeDecl() &&
        Variable->getInit() && Index.valuesOf(Variable).size() == 1)
      return parameterOrigin(stripViews(Variable->getInit()), Index);
    return {};
  }
  const auto *Member = dyn_cast<MemberExpr>(E);
  const auto *Field = Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
  if (!Field || !isModuleClass(dyn_cast<CXXRecordDecl>(Field->getParent())))
    return {};
  const CallExpr *Found = nullptr;
  for (const Expr *Value : Index.valuesOf(Field))
    if (const CallExpr *Call = registration(Value)) {
      if (!registersTrainable(Call))
        return {};
      Found = Call;
    }
  for (const ProjectIndex::CallSite &Site :
       Index.callsNamed(registrationName(RegistrationKind::Parameter))) {
    if (Site.Call->getNumArgs() < 2 || namedDecl(Site.Call->getArg(1)) != Field)
      continue;
    if (!registersTrainable(Site.Call))
      return {};
    Found = Site.Call;
  }
  if (!Found)
    return {};
  return {ParameterOrigin::Member, Field, Found};
}

bool isFrozen(const ParameterOrigin &Origin, const Expr *E, const ProjectIndex &Index) {
  std::string Key = pathKey(E);
  for (Op Setter : {Op::set_requires_grad, Op::requires_grad_})
    for (const ProjectIndex::CallSite &Site : Index.callsNamed(nameOf(Setter))) {
      const auto *Call = dyn_cast<CXXMemberCallExpr>(Site.Call);
      if (!Call)
        continue;
      if (Call->getNumArgs() >= 1) {
        const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(stripValue(Call->getArg(0)));
        if (Literal ? Literal->getValue() : isa<CXXDefaultArgExpr>(Call->getArg(0)))
          continue;
      }
      const Expr *Object = Call->getImplicitObjectArgument();
      // A loop that freezes parameters may freeze this one.
      if (parameterLoop(Object, Index))
        return true;
      if (Origin.Decl && namedDecl(Object) == Origin.Decl)
        return true;
      if (Origin.What == ParameterOrigin::Layer && isLayerParameter(stripValue(Object)))
        return true;
    }
  // Embedding::from_pretrained freezes unless told otherwise.
  return Origin.What == ParameterOrigin::Layer && !Index.callsNamed("from_pretrained").empty();
}

} // namespace torchtidy
