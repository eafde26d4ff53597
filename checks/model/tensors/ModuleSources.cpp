// BuiltOptions, from an expression that names a module to the constructions of what it may be.
#include "model/facts/Elements.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/tensors/BuiltOptions.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// The collection that `x->modules()` and its like are called on, else null.
const Expr *moduleWalk(const Expr *E, bool &OnThis) {
  OnThis = false;
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(stripValue(E));
  if (!Call || !Call->getMethodDecl() || !isLibTorchDecl(Call->getMethodDecl()))
    return nullptr;
  const Expr *Object = Call->getImplicitObjectArgument();
  if (llvm::is_contained({"values", "items", "pairs"}, calleeName(Call)))
    return moduleWalk(Object, OnThis);
  if (!listsModules(calleeName(Call)))
    return nullptr;
  OnThis = isThis(stripOwner(Object));
  return Object;
}

bool isGivenModules(const CXXRecordDecl *Class) {
  const CXXRecordDecl *Record = Class->getDefinition();
  return llvm::any_of(Record->ctors(), [](const CXXConstructorDecl *Constructor) {
    return !Constructor->isCopyOrMoveConstructor() &&
           llvm::any_of(Constructor->parameters(), [](const ParmVarDecl *Parameter) {
             TypeInfo Info = classifyType(Parameter->getType());
             return Info.isModule() || Info.HoldsModules;
           });
  });
}

} // namespace

// Every module of the type in question that is built inside Class and the modules it is made of.
Verdict BuiltOptions::builtInside(const CXXRecordDecl *Class, const OptionalTensor &Access,
                                  const Expr *From) {
  llvm::SmallPtrSet<const CXXRecordDecl *, 16> Tree;
  llvm::SmallVector<const CXXRecordDecl *, 16> Todo{Class};
  while (!Todo.empty()) {
    const CXXRecordDecl *Record = Todo.pop_back_val();
    if (!Record || !Record->hasDefinition() || isLibTorchDecl(Record) ||
        !Tree.insert(Record->getDefinition()->getCanonicalDecl()).second)
      continue;
    Record = Record->getDefinition();
    for (const FieldDecl *Field : Record->fields()) {
      TypeInfo Info = classifyType(Field->getType());
      while (Info.Kind == TypeKind::Container && !Info.Element.isNull())
        Info = classifyType(Info.Element);
      Todo.push_back(Info.Module);
    }
    for (const CXXBaseSpecifier &Base : Record->bases())
      Todo.push_back(Base.getType()->getAsCXXRecordDecl());
    for (const ProjectIndex::Construction &C : Index.constructions())
      if (C.Class && C.Class->getCanonicalDecl() == Record->getCanonicalDecl())
        Todo.push_back(C.Module);
  }
  auto InTree = [&](const ProjectIndex::Construction &C) {
    if (C.Class)
      return Tree.contains(C.Class->getCanonicalDecl());
    // A free helper counts when the tree's classes call it.
    if (C.In)
      for (const ProjectIndex::CallSite &Site : Index.callsOf(C.In))
        if (const CXXRecordDecl *Caller = Site.In ? enclosingClass(Site.In) : nullptr;
            Caller && Tree.contains(Caller->getCanonicalDecl()))
          return true;
    return false;
  };
  Bindings None;
  Verdict All{Built::Any, From, nullptr};
  bool Seen = false;
  for (const ProjectIndex::Construction &C : Index.constructions()) {
    if (libraryModuleName(C.Module) != Access.Library || !InTree(C))
      continue;
    Verdict One = evalModule(C.Value, Access, None, 0);
    // In generic code an unprovable construction is no worse than any other module.
    if (One.State == Built::Unknown)
      One = {Built::Any, From, nullptr};
    All = Seen ? worse(All, One) : One;
    Seen = true;
  }
  // A branch for a layer that a class neither builds nor is given is dead.
  if (!Seen && llvm::none_of(Tree, isGivenModules))
    return {};
  All.IsOneOfMany = true;
  return All;
}

Verdict BuiltOptions::elements(const Expr *Container, const OptionalTensor &Access,
                               unsigned Depth) {
  const ValueDecl *D = namedDecl(stripOwner(Container));
  if (!D || Depth > 8)
    return {};
  // What is pushed; a typed container (vector<Linear>) only takes modules of that type.
  TypeInfo Info = classifyType(D->getType());
  if (Info.Kind != TypeKind::Container)
    return {};
  llvm::SmallVector<const Expr *, 8> Elements;
  for (const Registrations::Store &Element : Regs.elementStores(D))
    Elements.push_back(Element.Value);
  return joinModules(Elements, Access, Depth + 1);
}

Verdict BuiltOptions::builtByCallers(const ParmVarDecl *Param, const OptionalTensor &Access,
                                     unsigned Depth) {
  bool Generic = !libraryModuleName(moduleOf(Param->getType())).size();
  if (const LambdaExpr *Lambda = Index.lambdaOf(Param)) {
    const Expr *Call = Index.callTaking(Lambda);
    return Call ? appliedTo(Call, Access) : Verdict{};
  }
  const auto *Function = dyn_cast<FunctionDecl>(Param->getDeclContext());
  if (!Function)
    return {};
  // Who calls it, and with what? A function that only this file can call is judged by its calls;
  // one that others call too, by a call in view that brings a layer without the tensor.
  unsigned Position = Param->getFunctionScopeIndex();
  Verdict All{Built::Defined, nullptr, nullptr};
  bool Called = false;
  auto Comes = [&](const Verdict &One) {
    Called = true;
    All = worse(All, One);
  };
  for (const ProjectIndex::CallSite &Site : Index.callsOf(Function))
    if (const Expr *Argument = Site.Call ? argumentFor(Site.Call, Position) : nullptr)
      Comes(builtFrom(Argument, Access, Depth + 1));
  for (const CallExpr *Call : Index.callsTaking(Function))
    Comes(appliedTo(Call, Access));
  All.IsOneOfMany = true;
  bool Internal = !Function->isExternallyVisible();
  if (Called && (Internal || !Generic || All.State == Built::Undefined))
    return All;
  if (Internal)
    return {}; // dead code
  return {Built::Any, nullptr, nullptr};
}

// What a call gives: another name for a module, an element, or a module made in view.
Verdict BuiltOptions::builtByCall(const CallExpr *Call, const OptionalTensor &Access,
                                  unsigned Depth) {
  llvm::StringRef Name = calleeName(Call);
  if (const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = MemberCall->getImplicitObjectArgument();
    // m->as<Linear>(): the same module, seen by its type.
    if (llvm::is_contained({"as", "shared_from_this", "value"}, Name))
      return builtFrom(Object, Access, Depth);
    if (llvm::is_contained({"second", "back", "front", "at", "ptr"}, Name))
      return elements(Object, Access, Depth);
  }
  // dynamic_pointer_cast<LinearImpl>(m)
  if (Name.ends_with("_pointer_cast") && Call->getNumArgs() == 1)
    return builtFrom(Call->getArg(0), Access, Depth);
  if (const CXXOperatorCallExpr *Op = asOperator(Call, OO_Subscript))
    return elements(Op->getArg(0), Access, Depth);
  const FunctionDecl *Callee = Call->getDirectCallee();
  bool IsInView = registrationKind(Name) == RegistrationKind::Module || Name == "make_shared" ||
                  (Callee && isProjectCode(Callee, Context.getSourceManager()));
  return IsInView ? evalModule(Call, Access, Bindings(), Depth) : Verdict{};
}

// What the variable of a loop over Range comes to.
Verdict BuiltOptions::builtInRange(const Expr *Range, const OptionalTensor &Access,
                                   unsigned Depth) {
  bool OnThis = false;
  if (const Expr *Init = initialiserOf(Range); Init && moduleWalk(Init, OnThis))
    Range = Init;
  if (const Expr *Object = moduleWalk(Range, OnThis)) {
    Verdict Walked = contents(Object, Access, Depth);
    if (!Walked.Evidence)
      Walked.Evidence = Range;
    return Walked;
  }
  TypeInfo Info = classifyType(Range->getType());
  if (Info.Kind == TypeKind::Container)
    return elements(Range, Access, Depth);
  // for (auto &m : *sequential)
  return Info.isModule() ? contents(Range, Access, Depth) : Verdict{};
}

Verdict BuiltOptions::builtFrom(const Expr *E, const OptionalTensor &Access, unsigned Depth) {
  if (!E || Depth > 16)
    return {};
  ++Depth;
  E = stripOwner(E);
  if (const Expr *Element = elementNamedBy(E, Index, Regs, Context))
    return libraryModuleName(moduleOf(Element->getType())) == Access.Library
               ? evalModule(Element, Access, Bindings(), Depth)
               : Verdict{};
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return builtFrom(Cast->getSubExpr(), Access, Depth);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return builtByCall(Call, Access, Depth);
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return elements(Subscript->getBase(), Access, Depth);
  const ValueDecl *D = namedDecl(E);
  if (!D)
    return isa<CXXConstructExpr>(E) ? evalModule(E, Access, Bindings(), Depth) : Verdict{};
  if (const Expr *Range = Index.rangeOf(D))
    return builtInRange(Range, Access, Depth);
  if (const auto *Param = dyn_cast<ParmVarDecl>(D))
    return builtByCallers(Param, Access, Depth);
  const auto *Variable = dyn_cast<VarDecl>(D);
  bool IsFollowed =
      Variable ? Variable->isLocalVarDecl() || Variable->hasInit() : isa<FieldDecl>(D);
  return IsFollowed ? evalValues(D, Access, Depth) : Verdict{};
}

} // namespace torchtidy
