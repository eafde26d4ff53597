#include "model/modules/ModuleCopies.h"
#include "model/modules/Stake.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

// The class of a module object that goes on to exist: `net`, `*net`, not `NetImpl()`.
const CXXRecordDecl *copiedObject(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  const auto *Record = E->getType()->getAsCXXRecordDecl();
  return E->isLValue() && Record && isModuleClass(Record) ? Record : nullptr;
}

bool isWithin(const CXXRecordDecl *Class, const CXXRecordDecl *Base) {
  return Class && Base &&
         (Class->getCanonicalDecl() == Base->getCanonicalDecl() ||
          (Class->hasDefinition() && Base->hasDefinition() && Class->isDerivedFrom(Base)));
}

const CXXConstructExpr *baseCopy(const CXXConstructorDecl *Constructor) {
  for (const CXXCtorInitializer *Init : Constructor->inits())
    if (const auto *Base = dyn_cast<CXXConstructExpr>(Init->getInit());
        Base && Init->isBaseInitializer() && Init->isWritten() &&
        Base->getConstructor()->isCopyConstructor() &&
        isModuleClass(Base->getConstructor()->getParent()))
      return Base;
  return nullptr;
}

// A copy of a \p Class has the original's registrations: nobody wrote a copy constructor that makes
// its own.
bool copiesRegistrations(const CXXRecordDecl *Class) {
  if (!Class->hasDefinition())
    return false;
  if (isLibTorchDecl(Class))
    return true;
  for (const CXXConstructorDecl *Constructor : Class->getDefinition()->ctors())
    if (Constructor->isCopyConstructor() && Constructor->isUserProvided()) {
      const FunctionDecl *Body = visibleDefinition(Constructor);
      return Body && baseCopy(cast<CXXConstructorDecl>(Body));
    }
  return llvm::all_of(Class->getDefinition()->bases(), [](const CXXBaseSpecifier &Base) {
    const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
    return Record && (!isModuleClass(Record) || copiesRegistrations(Record));
  });
}

// Members that copies share whoever registers them.
Stake stakeOfFields(const CXXRecordDecl *Class, const Registrations &Regs, unsigned Depth = 0) {
  Stake Worst = Stake::Nothing;
  for (const FieldDecl *Field : Class->getDefinition()->fields()) {
    TypeInfo Info = classifyType(Field->getType());
    for (unsigned Steps = 0; Info.Kind == TypeKind::Container && Info.HoldsModules && Steps < 4;
         ++Steps)
      Info = classifyType(Info.Element);
    if (!Info.isRegistrable() || !Info.Module->hasDefinition())
      continue;
    Worst = std::min(Worst, isContainerLayer(layerOf(Info.Module))
                                ? Stake::Parameters
                                : stakeOf(Info.Module, nullptr, Regs));
    if (Depth < 3 && !isLibTorchDecl(Info.Module))
      Worst = std::min(Worst, stakeOfFields(Info.Module, Regs, Depth + 1));
  }
  for (const CXXBaseSpecifier &Base : Class->getDefinition()->bases())
    if (const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
        Record && isModuleClass(Record) && !isLibTorchDecl(Record))
      Worst = std::min(Worst, stakeOfFields(Record, Regs, Depth + 1));
  return Worst;
}

// What tells the harm: its copies share something; its forward depends on its own mode.
struct Shared {
  bool Parts = false, Tensors = false, OwnMode = false;
};

Shared sharedBy(const CXXRecordDecl *Class, const Registrations &Regs) {
  if (isLibTorchDecl(Class)) {
    Stake Lost = infoOf(layerOf(Class)).Lost;
    bool Holds = Lost == Stake::Parameters || isContainerLayer(layerOf(Class));
    return {Holds, Holds, Lost == Stake::Mode};
  }
  Stake Worst = std::min(stakeOf(Class, nullptr, Regs), stakeOfFields(Class, Regs));
  Shared Found{Worst != Stake::Nothing, Worst == Stake::Parameters, false};
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    Found.OwnMode |=
        anyDescendant<CXXMemberCallExpr>(Method->getBody(), [](const CXXMemberCallExpr *Call) {
          return calleeName(Call) == "is_training" && isThis(objectOf(Call));
        });
  return Found;
}

// What holds modules for a network to run them, and boxes an object that it is given.
bool boxesModules(const CXXRecordDecl *Record) {
  return Record && (isContainerLayer(layerOf(Record)) || isNamed(Record, "torch::nn::AnyModule") ||
                    isNamed(Record, "torch::nn::NamedAnyModule"));
}

class CopyFinder {
public:
  CopyFinder(const FunctionDecl *Function, ASTContext &Context)
      : Function(Function), Context(Context) {}

  llvm::SmallVector<ModuleCopy, 2> find() {
    auto Look = [&](const Stmt *Root) {
      walk(Root, [&](const Stmt *S) {
        if (const auto *Construct = dyn_cast<CXXConstructExpr>(S))
          lookAt(Construct);
        else if (const auto *Call = dyn_cast<CallExpr>(S))
          lookAt(Call);
        else if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S))
          lookAt(Loop);
        return true;
      });
    };
    if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function))
      for (const CXXCtorInitializer *Init : Constructor->inits())
        if (Init->isWritten() && !Init->isBaseInitializer()) {
          Member = Init->getAnyMember();
          Look(Init->getInit());
        }
    Member = nullptr;
    Look(Function->getBody());
    return std::move(Found);
  }

private:
  // A constructor's initialisers stand in no body.
  const FunctionDecl *functionOf(const Expr *Where) const {
    const FunctionDecl *In = innermostFunction(Where, Context);
    return In ? In : Function;
  }

  void add(const Expr *Where, const Expr *Source, ModuleCopy::Use As) {
    ModuleCopy Copy{Where, Source, copiedObject(Source), functionOf(Where), nullptr, nullptr, As};
    if (!Copy.Module)
      return;
    if (As == ModuleCopy::Kept)
      placeIt(Copy);
    Found.push_back(Copy);
  }

  // NetImpl b = a; NetImpl(*p), Net b(*a), Sequential(block), vector<NetImpl>(5, a)
  void lookAt(const CXXConstructExpr *Construct) {
    const CXXRecordDecl *Made = Construct->getConstructor()->getParent();
    llvm::ArrayRef<const Expr *> Arguments = writtenArguments(Construct);
    if (Construct->getConstructor()->isCopyConstructor()) {
      if (isModuleClass(Made))
        add(Construct, Construct->getArg(0), ModuleCopy::Kept);
      return;
    }
    TypeInfo Info = classifyType(Construct->getType());
    if (Info.Kind == TypeKind::Holder && boxesModules(Info.Module))
      Made = Info.Module;
    if (boxesModules(Made)) {
      for (const Expr *Argument : Arguments)
        add(Construct, Argument, ModuleCopy::Pushed);
    } else if (Info.Kind == TypeKind::Holder && Arguments.size() == 1) {
      if (isWithin(copiedObject(Arguments[0]), Info.Module))
        add(Construct, Arguments[0], ModuleCopy::Kept);
    } else if (isStdDecl(Made) && Arguments.size() == 2 && holdsObjects(Info)) {
      add(Construct, Arguments[1], ModuleCopy::Many);
    }
  }

  // seq->push_back(block), nets.push_back(net), make_shared<NetImpl>(*net), *target = *net
  void lookAt(const CallExpr *Call) {
    const FunctionDecl *Callee = calleeOf(Call);
    if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
        Method && Method->isCopyAssignmentOperator() && isModuleClass(Method->getParent())) {
      if (auto Assign = asPlainAssignment(Call))
        add(Call, Assign->Value, ModuleCopy::Kept);
      return;
    }
    llvm::ArrayRef<const Expr *> Arguments = writtenArguments(Call);
    if (isStdNamed(Callee, {"make_shared", "make_unique"})) {
      const CXXRecordDecl *Made = moduleOf(Call->getType());
      for (const Expr *Argument : Arguments)
        if (boxesModules(Made) || isWithin(copiedObject(Argument), Made))
          add(Call, Argument, boxesModules(Made) ? ModuleCopy::Pushed : ModuleCopy::Kept);
      return;
    }
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
    if (!Method || !isFiller(nameOf(Method)))
      return;
    bool Boxes = boxesModules(Method->getParent());
    if (!Boxes && !(isStdDecl(Method) && holdsObjects(classifyType(objectOf(Call)->getType()))))
      return;
    for (const Expr *Argument : Arguments)
      add(Call, Argument, Boxes ? ModuleCopy::Pushed : ModuleCopy::Kept);
  }

  // for (auto net : nets)
  void lookAt(const CXXForRangeStmt *Loop) {
    const VarDecl *Variable = Loop->getLoopVariable();
    const CXXRecordDecl *Module = Variable->getType()->getAsCXXRecordDecl();
    const Expr *Range = Loop->getRangeInit();
    if (Module && isModuleClass(Module) && Range->isLValue() && Variable->getInit())
      Found.push_back(
          {Range, Range, Module, functionOf(Range), Variable, Loop->getBody(), ModuleCopy::Named});
  }

  static const Stmt *bodyOf(const LambdaExpr *Lambda) {
    return Lambda ? Lambda->getBody() : nullptr;
  }

  static bool holdsObjects(const TypeInfo &Info) {
    return Info.Kind == TypeKind::Container && Info.HoldsModules &&
           classifyType(Info.Element).Kind == TypeKind::Impl;
  }

  // The parameter of \p Call, or of a constructor, that \p Argument initialises.
  template <typename CallType>
  static const ParmVarDecl *parameterFor(const CallType *Call, const FunctionDecl *Callee,
                                         const Stmt *Argument) {
    const FunctionDecl *Body = visibleDefinition(Callee);
    for (auto [Given, Parameter] : argumentsWithParameters(Call, Body))
      if (contains(Given, Argument))
        return Parameter;
    return nullptr;
  }

  // What becomes of the copy.
  void placeIt(ModuleCopy &Copy) {
    Copy.Name = Member;
    walkUp(Copy.Where, Context, [&](const DynTypedNode &Above) {
      if (const auto *Variable = Above.get<VarDecl>()) {
        Copy.Name = Variable;
        if (Variable->isInitCapture())
          Copy.Body = bodyOf(enclosing<LambdaExpr>(Variable, Context));
        if (Variable->hasLocalStorage())
          Copy.As = ModuleCopy::Named;
        return false;
      }
      const auto *S = Above.get<Stmt>();
      if (!S || isa<ReturnStmt>(S))
        return false;
      if (const auto *Lambda = dyn_cast<LambdaExpr>(S)) {
        Copy.Body = Lambda->getBody();
        Copy.Name = namedDecl(Copy.Source);
        Copy.As = ModuleCopy::Named;
        return false;
      }
      if (auto Assign = asPlainAssignment(S); Assign && contains(Assign->Value, Copy.Where)) {
        Copy.Name = namedDecl(stripOwner(Assign->Target));
        return false;
      }
      const auto *Call = dyn_cast<CallExpr>(S);
      const auto *Construct = dyn_cast<CXXConstructExpr>(S);
      const FunctionDecl *Callee =
          Construct ? static_cast<const FunctionDecl *>(Construct->getConstructor())
                    : calleeOf(Call);
      if (Callee && !isStdDecl(Callee) && !isLibTorchDecl(Callee)) {
        Copy.Name = Construct ? parameterFor(Construct, Callee, Copy.Where)
                              : parameterFor(Call, Callee, Copy.Where);
        Copy.As = ModuleCopy::Named;
        return false;
      }
      return isa<Expr, DeclStmt>(S);
    });
    if (auto Assign = asPlainAssignment(Copy.Where))
      Copy.Name = namedDecl(stripOwner(Assign->Target));
  }

  const FunctionDecl *Function;
  ASTContext &Context;
  const FieldDecl *Member = nullptr; // that the constructor initialises here
  llvm::SmallVector<ModuleCopy, 2> Found;
};

// Looks for what makes one copy a mistake.
class HarmQuestion {
public:
  HarmQuestion(const ModuleCopy &Copy, ModuleModel &Model, const ProjectIndex &Index)
      : Copy(Copy), Index(Index), Context(Model.context()),
        Original(namedDecl(stripOwner(Copy.Source))), Function(Copy.Function),
        Graph(Model.graphs().of(Function)), Has(sharedBy(Copy.Module, Model.registrations())) {}

  std::optional<CopyHarm> answer() {
    if (!Graph || !placeOf(Copy.Source))
      return std::nullopt;
    CopyHarm Harm{Has.Parts, false, {}};
    if (Copy.As == ModuleCopy::Many)
      return Has.Tensors ? std::optional(Harm) : std::nullopt;
    if (Copy.As != ModuleCopy::Pushed && Has.Parts)
      Harm.Change = changeOfCopy();
    if (!Harm.Change)
      Harm.Change = changeOfOriginal();
    if (!Harm.Change && Has.Tensors &&
        (Copy.As == ModuleCopy::Pushed || isa<CXXMemberCallExpr>(Copy.Where))) {
      Harm.Change.At = copiedAgain();
      Harm.IsAgain = Harm.Change.At;
    }
    return Harm.Change ? std::optional(Harm) : std::nullopt;
  }

private:
  bool counts(ModuleChange Change) const {
    if (Copy.As != ModuleCopy::Pushed)
      return Has.Parts && Change != ModuleChange::Object;
    return Change == ModuleChange::Object ||
           (Change == ModuleChange::Mode && (Has.Parts || Has.OwnMode));
  }

  const VarDecl *local(const ValueDecl *D) const {
    const auto *Variable = dyn_cast_or_null<VarDecl>(D);
    return Variable && Variable->hasLocalStorage() && Variable->getDeclContext() == Function
               ? Variable
               : nullptr;
  }

  // The original is an object of this function, which ends with it: `NetImpl a; Net a(3);`
  bool diesHere() const {
    const VarDecl *Variable = local(Original);
    if (!Variable || Variable->getType()->isReferenceType())
      return false;
    if (isModuleClass(Variable->getType()->getAsCXXRecordDecl()))
      return true;
    const Expr *Init = initialiserOf(Variable);
    return Init && constructsModule(Init);
  }

  // What follows the copy on some path, until \p D is another object.
  const Stmt *after(const Stmt *From, const ValueDecl *D, StmtPredicate Wanted) const {
    return Graph->findAfter(From, Wanted, [&](const Stmt *S) {
      if (const auto *Declares = dyn_cast<DeclStmt>(S))
        return llvm::is_contained(Declares->decls(), D) && !contains(Declares, From);
      auto Assign = asPlainAssignment(S);
      return Assign && namedDecl(Assign->Target) == D;
    });
  }
  bool isNamedAfter(const Stmt *From, const ValueDecl *D) const {
    return after(From, D, [&](const Stmt *S) {
      if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
        return mentions(Lambda->getBody(), D);
      const auto *Ref = dyn_cast<DeclRefExpr>(S);
      return Ref && Ref->getDecl() == D;
    });
  }
  FoundChange changeAfter(const ValueDecl *D) const {
    FoundChange Found;
    after(Copy.Where, D, [&](const Stmt *S) {
      auto Change = moduleChange(S, D, Context);
      if (Change && counts(*Change))
        Found = {S, *Change};
      return bool(Found);
    });
    return Found;
  }
  FoundChange changeAnywhere(const ValueDecl *D) const {
    FoundChange Found;
    for (const FunctionDecl *Other : Index.functions())
      if (!Found && Other->getBody())
        Found = changeUnder(Other->getBody(), D);
    return Found;
  }
  FoundChange changeUnder(const Stmt *Root, const ValueDecl *D) const {
    return changeIn(Root, D, Context, [&](ModuleChange Change) { return counts(Change); });
  }

  // Some call in view hands an object that lives on to the parameter that is the original.
  bool isGivenObjects(const ParmVarDecl *Parameter) const {
    return llvm::any_of(Index.storesOf(Parameter), [](const ProjectIndex::Store &Store) {
      return Store.Value && Store.Kind == ProjectIndex::Store::Argument && namedDecl(Store.Value);
    });
  }

  FoundChange changeOfCopy() const {
    if (!Copy.Name || (diesHere() && !isNamedAfter(Copy.Where, Original)))
      return {};
    const auto *Parameter = dyn_cast_or_null<ParmVarDecl>(Original);
    if (Copy.As == ModuleCopy::Kept && !local(Copy.Name) && Parameter &&
        Parameter->getType()->isReferenceType() && !isGivenObjects(Parameter))
      return {};
    if (Copy.Body)
      return changeUnder(Copy.Body, Copy.Name);
    if (const auto *Taken = dyn_cast<ParmVarDecl>(Copy.Name); Taken && !local(Taken))
      return changeUnder(cast<FunctionDecl>(Taken->getDeclContext())->getBody(), Taken);
    return local(Copy.Name) ? changeAfter(Copy.Name) : changeAnywhere(Copy.Name);
  }

  FoundChange changeOfOriginal() const {
    bool IsParameter = isa_and_nonnull<ParmVarDecl>(Copy.Name) && !local(Copy.Name);
    if (!Original || (IsParameter && !Copy.Body))
      return {};
    bool Stays = Copy.As != ModuleCopy::Named;
    if (Stays && !isa<ParmVarDecl>(Original) && !local(Original))
      return changeAnywhere(Original);
    FoundChange Found = local(Original) ? changeAfter(Original) : FoundChange();
    if (Found && !Stays && !Copy.Body && !isNamedAfter(Found.At, Copy.Name))
      return {};
    return Found;
  }

  // The same object is boxed a second time, perhaps by the same statement in a loop.
  const Stmt *copiedAgain() const {
    const VarDecl *Variable = local(Original);
    if (!Variable)
      return nullptr;
    return after(Copy.Where, Variable, [&](const Stmt *S) {
      const auto *Call = dyn_cast<CallExpr>(S);
      return Call && isFiller(calleeName(Call)) &&
             llvm::any_of(writtenArguments(Call), [&](const Expr *Argument) {
               return copiedObject(Argument) && namedDecl(stripOwner(Argument)) == Variable;
             });
    });
  }

  const ModuleCopy &Copy;
  const ProjectIndex &Index;
  ASTContext &Context;
  const ValueDecl *Original;
  const FunctionDecl *Function;
  const FunctionPaths *Graph;
  const Shared Has;
};

// What \p Function registers on this object, by itself or by what it calls.
struct Registered {
  llvm::SmallVector<std::pair<Registration, const FunctionDecl *>, 4> Sites;
  bool Replaces = false;
};
Registered registeredFrom(const Reach &Reached, const Registrations &Regs) {
  Registered Found;
  for (const auto &[Site, In] : Regs.all())
    if (Site.isOnThis() && Reached.count(outOfLambda(In))) {
      Found.Replaces |= Site.Kind == RegistrationKind::Replacement;
      Found.Sites.push_back({Site, In});
    }
  for (const auto &[Function, Call] : Reached)
    Found.Replaces |= anyDescendant<CallExpr>(Function->getBody(), [](const CallExpr *Call) {
      return calleeName(Call) == "unregister_module";
    });
  return Found;
}

// `fc(std::dynamic_pointer_cast<LinearImpl>(other.fc->clone()))`, `fc = Linear(1, 1)`
bool isMadeAnew(const Registrations::Store &Store) {
  return constructsModule(unwrapModule(Store.Value)) ||
         anyDescendant<CallExpr>(Store.Value, [](const CallExpr *Call) {
           return calleeName(Call) == nameOf(Op::clone);
         });
}

} // namespace

llvm::SmallVector<ModuleCopy, 2> moduleCopies(const FunctionDecl *Function, ASTContext &Context) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function);
  if (nameOf(Function) == nameOf(Op::clone) ||
      (Constructor && Constructor->isCopyOrMoveConstructor()) ||
      (Method && Method->isCopyAssignmentOperator()))
    return {};
  return CopyFinder(Function, Context).find();
}

std::optional<CopyHarm> harmOf(const ModuleCopy &Copy, ModuleModel &Model,
                               const ProjectIndex &Index) {
  if (!copiesRegistrations(Copy.Module))
    return std::nullopt;
  return HarmQuestion(Copy, Model, Index).answer();
}

std::optional<CopyConstructorDefect> copyConstructorDefect(const FunctionDecl *Function,
                                                           ModuleModel &Model) {
  const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function);
  if (!Constructor || !Constructor->isCopyConstructor() ||
      !isModuleClass(Constructor->getParent()) ||
      derivesFrom(Constructor->getParent(), "torch::nn::Cloneable"))
    return std::nullopt;
  const CXXConstructExpr *Base = baseCopy(Constructor);
  if (!Base)
    return std::nullopt;
  Reach Copies = reachFrom({Constructor});
  llvm::SmallVector<const FunctionDecl *, 4> Others;
  for (const CXXMethodDecl *Method : visibleMethods(Constructor->getParent()))
    if (isa<CXXConstructorDecl>(Method) && Method != Constructor)
      Others.push_back(Method);
  Registered Again = registeredFrom(Copies, Model.registrations());
  Registered First = registeredFrom(reachFrom(Others), Model.registrations());
  if (Again.Replaces)
    return std::nullopt;
  for (const auto &[Site, In] : Again.Sites)
    for (const auto &[Other, OtherIn] : First.Sites)
      if (auto Name = literalText(Site.Name);
          Site.Call == Other.Call || (Name && Name == literalText(Other.Name)))
        return CopyConstructorDefect{Constructor->getParent(), Base, Site.Call, nullptr};
  const Registrations &Regs = Model.registrations();
  auto IsFor = [&](const Registered &Sites, const FieldDecl *Field) {
    return llvm::any_of(Sites.Sites,
                        [&](const auto &Entry) { return Regs.isFor(Entry.first, Field); });
  };
  for (const FieldDecl *Field : Constructor->getParent()->fields())
    for (const Registrations::Store &Store : Regs.stores(Field))
      if (Store.Value && Store.In && Copies.count(Store.In) && isMadeAnew(Store) &&
          IsFor(First, Field) && !IsFor(Again, Field))
        return CopyConstructorDefect{Constructor->getParent(), Base, Store.Value, Field};
  return std::nullopt;
}

} // namespace torchtidy
