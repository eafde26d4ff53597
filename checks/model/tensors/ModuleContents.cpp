// BuiltOptions, from a module to what it holds: the elements of a Sequential that is filled in
// view, and all that `apply()` and `modules()` come to.
#include "model/facts/Elements.h"
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

const CXXRecordDecl *BuiltOptions::layerNamedBy(const Expr *E) {
  E = E ? stripOwner(E) : nullptr;
  if (!E)
    return nullptr;
  if (const Expr *Element = elementNamedBy(E, Index, Regs, Context))
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
