// BuiltOptions, from a module to what it holds: the elements of a Sequential that is filled in
// view, and all that `apply()` and `modules()` come to.
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Loops.h"
#include "model/tensors/BuiltOptions.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

namespace {

bool holdsLayers(const Expr *E) { return isContainerLayer(layerOf(moduleOf(E->getType()))); }

// What is registered by `register_module("features", value)`, and any other value itself.
const Expr *registeredValue(const Expr *E) {
  std::optional<Registration> Site = asRegistration(stripValue(E));
  return stripValue(Site && Site->Value ? Site->Value : E);
}

// The layers that Sequential(a, b, c) is built from; false where they cannot be told.
bool layersOf(const Expr *Value, llvm::SmallVectorImpl<const Expr *> &Layers) {
  Value = registeredValue(Value);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Value))
    Value = stripValue(Cast->getSubExpr());
  const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
  if (!Construct || !holdsLayers(Construct))
    return false;
  llvm::ArrayRef<const Expr *> Arguments(Construct->getArgs(), Construct->getNumArgs());
  for (const Expr *Argument : Arguments) {
    if (isa<CXXDefaultArgExpr>(Argument))
      continue;
    if (!classifyType(Argument->getType()).isModule())
      return false; // a list of names and modules, or another object that is copied
    Layers.push_back(Argument);
  }
  return true;
}

// E is the last of its container where its statement runs, which it does once and without a
// condition: extend() puts in several, insert() anywhere.
bool isPushed(const Expr *E, ASTContext &Context) {
  if (!classifyType(E->getType()).isModule())
    return false;
  bool Result = true;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(S);
    if (isLoop(S) || isa_and_nonnull<IfStmt, SwitchStmt, LambdaExpr, ConditionalOperator>(S) ||
        (Call && isFiller(calleeName(Call)) && !calleeName(Call).ends_with("_back")))
      Result = false;
    return Result && !Above.get<FunctionDecl>();
  });
  return Result;
}

// The body assigns the parameter whatever happens.
bool assignsAtTop(const FunctionDecl *Function, const ParmVarDecl *Parameter) {
  const auto *Body = dyn_cast_or_null<CompoundStmt>(Function->getBody());
  return Body && llvm::any_of(Body->body(), [&](const Stmt *S) {
           const auto *E = dyn_cast<Expr>(S);
           return E && assigns(stripValue(E), Parameter);
         });
}

// E assigns D, or hands it to a helper that does.
bool storesInto(const Expr *E, const ValueDecl *D) {
  if (auto Assign = asPlainAssignment(E))
    return namedDecl(Assign->Target) == D;
  const FunctionDecl *Callee = calleeOf(E), *Body = Callee ? Callee->getDefinition() : nullptr;
  if (!Body)
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(cast<CallExpr>(E), Body))
    if (Parameter->getType()->isLValueReferenceType() && namedDecl(Argument) == D &&
        assignsAtTop(Body, Parameter))
      return true;
  return false;
}

} // namespace

// Every layer in the module that E names, itself included.
Verdict BuiltOptions::contents(const Expr *E, const OptionalTensor &Access, unsigned Depth) {
  Verdict All{Built::Any, nullptr, nullptr};
  E = E ? stripOwner(E) : nullptr;
  if (!E || Depth > 8)
    return All;
  E = stripOwner(registeredValue(E));
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    E = stripOwner(Cast->getSubExpr());
  const CXXRecordDecl *Class = moduleOf(E->getType());
  if (Class && libraryModuleName(Class) == Access.Library)
    return evalModule(E, Access, Bindings(), Depth + 1);
  if (Class && !isLibTorchDecl(Class))
    return builtInside(Class, Access, E);
  auto Add = [&](const Expr *Part) {
    if (Part)
      All = worse(All, contents(Part, Access, Depth + 1));
  };
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    for (const Expr *Argument : Construct->arguments())
      Add(Argument);
  } else if (const auto *List = dyn_cast<InitListExpr>(E)) {
    for (const Expr *Part : List->inits())
      Add(Part);
  } else if (const ValueDecl *D = namedDecl(E); D && Class) {
    if (const auto *Param = dyn_cast<ParmVarDecl>(D)) {
      if (const auto *Function = dyn_cast<FunctionDecl>(Param->getDeclContext()))
        for (const ProjectIndex::CallSite &Site : Index.callsOf(Function))
          if (Site.Call && Param->getFunctionScopeIndex() < Site.Call->getNumArgs())
            Add(Site.Call->getArg(Param->getFunctionScopeIndex()));
    } else {
      for (const Expr *Value : Index.valuesOf(D))
        Add(Value);
      for (const Registrations::Store &Element : Regs.elementStores(D))
        Add(Element.Value);
    }
  }
  All.IsOneOfMany = true;
  return All;
}

// What `net->apply(callback)` brings to the callback.
Verdict BuiltOptions::appliedTo(const Expr *Call, const OptionalTensor &Access) {
  const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
  if (!Member || calleeName(Member) != "apply" || !isLibTorchDecl(Member->getMethodDecl()))
    return {};
  Verdict All = contents(Member->getImplicitObjectArgument()->IgnoreParenImpCasts(), Access, 0);
  if (!All.Evidence)
    All.Evidence = Call;
  return All;
}

// `features[2]`, `features->ptr(2)`, `features->at<Conv2dImpl>(2)`: what was put there.
const Expr *BuiltOptions::indexedElement(const Expr *E) {
  if (const CXXOperatorCallExpr *Op = asOperator(E, OO_Subscript))
    return elementAt(Op->getArg(0), Op->getArg(1));
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  if (Call && Call->getNumArgs() == 1 && llvm::is_contained({"at", "ptr"}, calleeName(Call)))
    return elementAt(objectOf(Call), Call->getArg(0));
  return nullptr;
}

const Expr *BuiltOptions::elementAt(const Expr *Container, const Expr *Position) {
  Container = stripOwner(Container);
  const ValueDecl *D = namedDecl(Container);
  std::optional<int64_t> At = integerConstant(Position, Context);
  if (!D || isa<ParmVarDecl>(D) || !holdsLayers(Container) || !At || *At < 0)
    return nullptr;
  llvm::SmallVector<const Expr *, 8> Layers;
  for (const Expr *Value : Index.valuesOf(D)) {
    if (!Value || (!Layers.empty() && namedDecl(registeredValue(Value)) != D))
      return nullptr;
    if (isNullModule(Value) || namedDecl(registeredValue(Value)) == D)
      continue;
    if (!layersOf(Value, Layers))
      return nullptr;
  }
  const FunctionDecl *Filler = nullptr;
  for (const Registrations::Store &Element : Regs.elementsNamed(D)) {
    const FunctionDecl *In = functionAround(Element.Value, Context);
    if (!isPushed(Element.Value, Context) || (Filler && Filler != In))
      return nullptr;
    Filler = In;
    Layers.push_back(Element.Value);
  }
  return size_t(*At) < Layers.size() ? registeredValue(Layers[*At]) : nullptr;
}

const CXXRecordDecl *BuiltOptions::layerNamedBy(const Expr *E) {
  E = E ? stripOwner(E) : nullptr;
  if (!E)
    return nullptr;
  if (const Expr *Element = indexedElement(E))
    E = Element;
  return moduleOf(E->getType());
}

// `fc = first; fc = second;` and `fc = first; replace(fc);` one after the other: outside the
// function that does so, fc never is what it was first.
bool BuiltOptions::isOverwritten(const Expr *Value, const ValueDecl *D) {
  if (!isa<FieldDecl>(D) || Index.valuesOf(D).size() < 2 ||
      functionAround(Value, Context) == UsedIn)
    return false;
  const Stmt *Store = Value;
  const CompoundStmt *Block = nullptr;
  walkUp(Value, Context, [&](const DynTypedNode &Above) {
    Block = Above.get<CompoundStmt>();
    if (!Block && Above.get<Stmt>())
      Store = Above.get<Stmt>();
    return !Block && Above.get<Stmt>();
  });
  if (!Block)
    return false;
  auto Begin = llvm::find(Block->body(), Store);
  if (Begin == Block->body_end())
    return false;
  return std::any_of(std::next(Begin), Block->body_end(), [&](const Stmt *Later) {
    const auto *E = dyn_cast<Expr>(Later);
    return E && storesInto(stripValue(E), D);
  });
}

} // namespace torchtidy
