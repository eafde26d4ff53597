#include "model/tensors/Parameters.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/torch/Layers.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

const CallExpr *registration(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CallExpr>(stripValue(E));
  return registrationKind(calleeName(Call)) == RegistrationKind::Parameter ? Call : nullptr;
}

// What a local name stands for.
const Expr *throughLocal(const Expr *E) {
  const Expr *Init = initialiserOf(E);
  return Init ? Init : stripValue(E);
}

// The call of parameters() or named_parameters() that E names or is.
const Expr *parameterList(const Expr *E) {
  E = throughLocal(E);
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  bool Walks = listingNamed(calleeName(Call)) == Listing::Parameters;
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
    return calleeName(Find) == "find" ? parameterList(Find->getImplicitObjectArgument()) : nullptr;
  }
  const CXXOperatorCallExpr *Subscript = asOperator(E, OO_Subscript);
  return Subscript ? parameterList(Subscript->getArg(0)) : nullptr;
}

} // namespace

const Expr *stripViews(const Expr *E) {
  while (true) {
    E = stripValue(E);
    if (const CXXOperatorCallExpr *Op = asOperator(E, OO_Subscript);
        Op && isTensorType(Op->getArg(0)->getType())) {
      E = Op->getArg(0);
      continue;
    }
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    if (!Call || !isTensorType(objectOf(Call)->getType()))
      return E;
    Operation Called = operationNamed(calleeName(Call));
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
  return Call->getNumArgs() < 3 || boolLiteral(Call->getArg(2)).value_or(false);
}

const Expr *parameterLoop(const Expr *E, const ProjectIndex &Index) {
  E = stripValue(E);
  // item.value(), pair.second, *it
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E); Call && calleeName(Call) == "value")
    E = stripValue(Call->getImplicitObjectArgument());
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const Expr *Range = Ref ? Index.rangeOf(Ref->getDecl()) : nullptr;
  return Range ? parameterList(Range) : nullptr;
}

ParameterSource parameterSource(const Expr *E, const ProjectIndex &Index) {
  // auto w = fc->weight[0]; stands for what it names while nothing else is assigned to it.
  E = followInitialiser(E, [&](const VarDecl *Variable) -> const Expr * {
    bool StandsForIt = Variable->isLocalVarDecl() && !Variable->isCXXForRangeDecl() &&
                       Index.valuesOf(Variable).size() == 1;
    const Expr *Init = StandsForIt ? initialiserOf(Variable) : nullptr;
    return Init ? stripViews(Init) : nullptr;
  });
  if (isLayerParameter(E))
    return {ParameterSource::Layer, nullptr, nullptr};
  if (const Expr *Range = parameterLoop(E, Index))
    return {ParameterSource::Element, nullptr, Range};
  if (const Expr *List = parameterLookup(E))
    return {ParameterSource::Element, nullptr, List};
  const FieldDecl *Field = namedField(E);
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
  return {ParameterSource::Member, Field, Found};
}

bool isFrozen(const ParameterSource &Source, const ProjectIndex &Index) {
  for (Op Setter : {Op::set_requires_grad, Op::requires_grad_})
    for (const ProjectIndex::CallSite &Site : Index.callsNamed(nameOf(Setter))) {
      const auto *Call = dyn_cast<CXXMemberCallExpr>(Site.Call);
      if (!Call)
        continue;
      if (Call->getNumArgs() >= 1 && boolLiteral(Call->getArg(0)).value_or(false))
        continue;
      const Expr *Object = Call->getImplicitObjectArgument();
      // A loop that freezes parameters may freeze this one.
      if (parameterLoop(Object, Index))
        return true;
      if (Source.Decl && namedDecl(Object) == Source.Decl)
        return true;
      if (Source.What == ParameterSource::Layer && isLayerParameter(stripValue(Object)))
        return true;
    }
  // Embedding::from_pretrained freezes unless told otherwise.
  return Source.What == ParameterSource::Layer && !Index.callsNamed("from_pretrained").empty();
}

} // namespace torchtidy
