#include "model/training/OptimizerMistakes.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"
#include "model/training/GraphSources.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

using FactFn = llvm::function_ref<const Registrations &()>;

// `this` of a class, or what the expression names.
const CXXRecordDecl *classOf(const Expr *Module) {
  QualType Type = Module->getType();
  if (const CXXRecordDecl *Class = moduleOf(Type))
    return Class;
  return Type->isPointerType() ? Type->getPointeeType()->getAsCXXRecordDecl() : nullptr;
}

// --- what is registered --------------------------------------------------------------------------

bool usesThisItself(const Stmt *Code) {
  bool Uses = false;
  llvm::SmallPtrSet<const Stmt *, 16> Bases;
  forEach<MemberExpr>(Code, [&](const MemberExpr *Member) {
    Bases.insert(Member->getBase()->IgnoreParenImpCasts());
  });
  forEach<CXXThisExpr>(Code, [&](const CXXThisExpr *This) { Uses |= !Bases.contains(This); });
  return Uses;
}

// Nothing in view registers anything in an object of \p Class, and nothing out of view could.
bool registersNothing(const CXXRecordDecl *Class, const Registrations &Registered) {
  const CXXRecordDecl *Definition = Class ? Class->getDefinition() : nullptr;
  if (!Definition || isLibTorchDecl(Definition) || layerOf(Definition) != Layer::None ||
      Definition->isDependentContext() || !isModuleClass(Definition))
    return false;
  for (const CXXBaseSpecifier &Base : Definition->bases()) {
    const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
    if (!Record || (!isLibTorchDecl(Record) && !registersNothing(Record, Registered)))
      return false;
  }
  for (const CXXMethodDecl *Method : Definition->methods()) {
    if (Method->isImplicit() || Method->isDefaulted() || Method->isDeleted() ||
        Method->isPureVirtual())
      continue;
    const FunctionDecl *Visible = visibleDefinition(Method);
    if (!Visible)
      return false;
    for (const Stmt *Code : codeOf(Visible))
      if (usesThisItself(Code) || anyDescendant<CallExpr>(Code, [](const CallExpr *Call) {
            return asRegistration(Call).has_value();
          }))
        return false;
  }
  // By a helper that takes any module, too.
  return llvm::none_of(Registered.all(), [&](const auto &Site) {
    const CXXRecordDecl *Of = Site.first.Object ? classOf(Site.first.Object) : nullptr;
    return Of && (declaresSameEntity(Of, Class) || Definition->isDerivedFrom(Of));
  });
}

// Made to be derived from: an object of it may be one of another class, which registers more.
bool isMadeToBeDerivedFrom(const CXXRecordDecl *Class) {
  const CXXRecordDecl *Definition = Class ? Class->getDefinition() : nullptr;
  return Definition && !Definition->isEffectivelyFinal() &&
         llvm::any_of(Definition->methods(), [](const CXXMethodDecl *Method) {
           return Method->isVirtualAsWritten() && Method->size_overridden_methods() == 0 &&
                  !isa<CXXDestructorDecl>(Method);
         });
}

bool isRegisteredPath(const ModulePath &Part, const ModulePath &Whole,
                      const Registrations &Registered) {
  for (size_t I = Whole.size(); I < Part.size(); ++I)
    if (!Registered.isRegistered(Part[I]))
      return false;
  return true;
}

bool hasChildWithParameters(const CXXRecordDecl *Class, const Registrations &Registered) {
  const CXXRecordDecl *Definition = Class ? Class->getDefinition() : nullptr;
  if (!Definition)
    return false;
  if (isContainerLayer(layerOf(Definition)))
    return true;
  return !isLibTorchDecl(Definition) &&
         llvm::any_of(Definition->fields(), [&](const FieldDecl *Field) {
           const CXXRecordDecl *Child = moduleOf(Field->getType());
           return Child && hasParameters(Child) && Registered.isRegistered(Field);
         });
}

// --- what changes afterwards ---------------------------------------------------------------------

class LateChange {
public:
  LateChange(const OptimizerMade &Made, const ParameterPart &Part, const Stmt *Body,
             const FunctionPaths &Paths)
      : Made(Made), Part(Part), Body(Body), Paths(Paths) {}

  /// What gives the module other parameters after the optimizer was made, and before it steps.
  const Expr *find() const {
    if (!Made.Name || !Part.IsNamed)
      return nullptr;
    // A loop over the parameters that are given to it counts as run.
    llvm::SmallPtrSet<const Stmt *, 4> Loops;
    forEach<CXXForRangeStmt>(Body, [&](const CXXForRangeStmt *Loop) {
      if (anyDescendant<Stmt>(Loop->getBody(), [&](const Stmt *S) { return renews(S); }))
        Loops.insert(Loop->getRangeStmt());
    });
    auto IsRenewed = [&](const Stmt *S) {
      return S == Made.Whole || renews(S) || Loops.contains(S);
    };
    const Stmt *Change =
        Paths.findAfter(Made.Whole, [&](const Stmt *S) { return changes(S); }, IsRenewed);
    if (!Change)
      return nullptr;
    bool IsLocal = isa<VarDecl>(Made.Name) && cast<VarDecl>(Made.Name)->isLocalVarDecl();
    const Stmt *Step = Paths.findAfter(Change, [&](const Stmt *S) { return steps(S); }, IsRenewed);
    const Stmt *Renewed = Paths.findAfter(Change, IsRenewed, [](const Stmt *) { return false; });
    return Step || (!IsLocal && !Renewed) ? dyn_cast<Expr>(Change) : nullptr;
  }

private:
  bool isOfModule(const Expr *E, bool Itself) const {
    ModulePath Path;
    return modulePath(E, Path) && beginsWith(Path, Part.Path) &&
           (Itself || Path.size() > Part.Path.size());
  }

  // Makes the optimizer anew, or gives it more: `optimizer.emplace(…)`,
  // `optimizer->add_parameters(…)`, `optimizer.param_groups()[0].params()`, `remake();` of a lambda
  // that assigns it.
  bool renews(const Stmt *S) const {
    if (auto Assign = asPlainAssignment(S))
      return namedDecl(Assign->Target) == Made.Name;
    const auto *Call = dyn_cast<CallExpr>(S);
    const Expr *Object = objectOf(Call);
    if (!Object)
      return false;
    llvm::StringRef Name = calleeName(Call);
    if (llvm::is_contained({"add_param_group", "add_parameters", "emplace", "reset"}, Name))
      return namedDecl(stripOwner(Object)) == Made.Name;
    if (Name == "params")
      return mentions(Object, Made.Name);
    if (isFiller(Name) && calleeName(stripValue(Object)) == "param_groups")
      return mentions(Object, Made.Name);
    const FunctionDecl *Lambda =
        isLambdaBody(Call->getDirectCallee()) ? Call->getDirectCallee() : nullptr;
    return Lambda &&
           anyDescendant<Stmt>(Lambda->getBody(), [&](const Stmt *Inner) { return renews(Inner); });
  }

  bool changes(const Stmt *S) const {
    if (auto Site = asRegistration(S))
      return Site->Kind != RegistrationKind::Buffer && Site->Object &&
             isOfModule(Site->Object, true) && bringsParameters(*Site);
    // The module itself; a child that is assigned and not registered is another mistake.
    if (auto Assign = asPlainAssignment(S)) {
      ModulePath Path;
      return constructsModule(stripValue(Assign->Value)) && moduleOf(Assign->Target->getType()) &&
             modulePath(Assign->Target, Path) && Path == Part.Path;
    }
    const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
    const Expr *Object = objectOf(Call);
    if (!Call || !Object || !moduleOf(Object->getType()))
      return false;
    if (isFiller(calleeName(Call)) && isLibTorchDecl(Call->getDirectCallee()))
      return isContainerLayer(layerOf(moduleOf(Object->getType()))) && isOfModule(Object, true) &&
             hasParametersIn(Call);
    return builds(visibleDefinition(calleeOf(Call))) && isOfModule(Object, true);
  }

  // Something new with parameters; not what is there under another name, or handed in.
  static bool bringsParameters(const Registration &Site) {
    if (!Site.Value || Site.Kind == RegistrationKind::Parameter)
      return Site.Value != nullptr;
    const VarDecl *Variable = namedVariable(Site.Value);
    const Expr *Made = Variable ? initialiserOf(Variable) : Site.Value;
    const CXXRecordDecl *Class = moduleOf(Site.Value->getType());
    return Made && constructsModule(stripValue(Made)) && (!Class || hasParameters(Class));
  }
  static bool hasParametersIn(const CallExpr *Call) {
    return anyDescendant<CXXConstructExpr>(Call, [](const CXXConstructExpr *E) {
      const CXXRecordDecl *Built = moduleOf(E->getType());
      return Built && constructsModule(E) && hasParameters(Built);
    });
  }
  // A method of the module that registers for the first time.
  static bool builds(const FunctionDecl *Method) {
    return Method && nameOf(Method) != "forward" &&
           anyDescendant<CallExpr>(
               Method->getBody(),
               [](const CallExpr *Call) {
                 auto Site = asRegistration(Call);
                 return Site && Site->isOnThis() && Site->Kind != RegistrationKind::Buffer &&
                        bringsParameters(*Site) &&
                        !enclosing<IfStmt>(Call, Call->getDirectCallee()->getASTContext());
               },
               LambdaBodies::Skip);
  }
  bool steps(const Stmt *S) const { return optimizerStepped(S) == Made.Name; }

  const OptimizerMade &Made;
  const ParameterPart &Part;
  const Stmt *Body; // of the function
  const FunctionPaths &Paths;
};

// --- one optimizer -------------------------------------------------------------------------------

class OptimizerJudge {
public:
  /// \p Others are what the other optimizers of the function step.
  OptimizerJudge(const OptimizerMade &Made, llvm::ArrayRef<ParameterPart> Parts,
                 llvm::ArrayRef<ParameterPart> Others,
                 llvm::function_ref<void(const OptimizerMistake &)> Visit)
      : Made(Made), Parts(Parts), Others(Others), Visit(Visit) {}

  bool ownOnly(FactFn Registered, llvm::function_ref<bool()> MayBeFrozen) {
    for (const ParameterPart &Part : Parts) {
      if (Part.Recurses || !Part.Listing || !Part.IsNamed)
        continue;
      bool IsPartition = llvm::any_of(Parts, [&](const ParameterPart &Other) {
        return &Other != &Part && (!Other.IsNamed || beginsWith(Other.Path, Part.Path));
      });
      if (!IsPartition && !isSharedOut(Part) &&
          hasChildWithParameters(classOf(Part.Module), Registered()) && !MayBeFrozen()) {
        Visit({OptimizerMistake::OwnOnly, Part.Listing, Part.Module});
        return true;
      }
    }
    return false;
  }

  bool nothing(FactFn Registered) {
    if (Parts.size() != 1 || !Parts[0].Listing)
      return false;
    const CXXRecordDecl *Class = classOf(Parts[0].Module);
    if (!Class || hasLibraryLayer(Class) || isMadeToBeDerivedFrom(Class) ||
        !registersNothing(Class, Registered()))
      return false;
    Visit({OptimizerMistake::Nothing, Parts[0].Listing, Parts[0].Module, Class});
    return true;
  }

  bool twice(FactFn Registered) {
    for (const ParameterPart &Part : Parts)
      if (Part.OverModulesOf && Part.Recurses && !Part.IsConditional &&
          hasChildWithParameters(classOf(stripArrow(Part.OverModulesOf)), Registered())) {
        Visit({OptimizerMistake::Twice, Part.At, Part.Module, nullptr, Part.OverModulesOf});
        return true;
      }
    for (size_t J = 1; J < Parts.size(); ++J)
      for (size_t I = 0; I < J; ++I) {
        const ParameterPart &A = Parts[I], &B = Parts[J];
        if (!A.IsNamed || !B.IsNamed || A.IsConditional || B.IsConditional ||
            A.Listing == B.Listing)
          continue;
        bool BInA = A.Recurses && beginsWith(B.Path, A.Path) &&
                    isRegisteredPath(B.Path, A.Path, Registered());
        bool AInB = B.Recurses && beginsWith(A.Path, B.Path) &&
                    isRegisteredPath(A.Path, B.Path, Registered());
        if (BInA || AInB) {
          Visit({OptimizerMistake::Twice, B.At, B.Module, nullptr, A.Listing});
          return true;
        }
      }
    return false;
  }

  bool late(const Stmt *Body, const FunctionPaths *Paths) {
    for (const ParameterPart &Part : Parts)
      if (Paths && Part.Listing && !isSharedOut(Part))
        if (const Expr *Change = LateChange(Made, Part, Body, *Paths).find()) {
          Visit({OptimizerMistake::Late, Made.Whole, Part.Module, nullptr, Change});
          return true;
        }
    return false;
  }

  bool nonLeaf(llvm::function_ref<const ProjectIndex &()> Index, ASTContext &Context) {
    for (const ParameterPart &Part : Parts) {
      const VarDecl *Tensor = Part.Tensor ? namedVariable(Part.Tensor) : nullptr;
      if (!Tensor || !Tensor->getInit() || Index().storesOf(Tensor).size() != 1)
        continue;
      GraphSource Found = GraphSources(Index(), Context).of(Tensor->getInit());
      if (Found && !Found.IsLeaf) {
        Visit({OptimizerMistake::NonLeaf, Part.Tensor, Part.Tensor, nullptr, Tensor->getInit()});
        return true;
      }
    }
    return false;
  }

private:
  // Another optimizer has parts of the module.
  bool isSharedOut(const ParameterPart &Part) const {
    return llvm::any_of(Others, [&](const ParameterPart &Other) {
      return Other.IsNamed && Other.Path.size() > Part.Path.size() &&
             beginsWith(Other.Path, Part.Path);
    });
  }

  // A class without members or registrations of its own may still be one that its base fills.
  static bool hasLibraryLayer(const CXXRecordDecl *Class) { return layerOf(Class) != Layer::None; }

  const OptimizerMade &Made;
  llvm::ArrayRef<ParameterPart> Parts, Others;
  llvm::function_ref<void(const OptimizerMistake &)> Visit;
};

// Adagrad alone makes the state of a parameter in its constructor, and throws without one.
bool isAdagrad(const Expr *Object) {
  QualType Type = Object->getType().getNonReferenceType();
  if (Type->isPointerType())
    Type = Type->getPointeeType();
  return isNamed(Type->getAsCXXRecordDecl(), "torch::optim::Adagrad");
}

// `adagrad.add_param_group(…)`, `adagrad.param_groups()[0].params().push_back(p)`
bool addsToAdagrad(const CXXMemberCallExpr *Call) {
  const Expr *Object = objectOf(Call);
  if (!Object)
    return false;
  if (calleeName(Call) == "add_param_group" || calleeName(Call) == "add_parameters")
    return isAdagrad(Object);
  const auto *List = dyn_cast<CXXMemberCallExpr>(stripValue(Object));
  return isFiller(calleeName(Call)) && calleeName(List) == "params" &&
         anyDescendant<Expr>(List, [](const Expr *E) { return isAdagrad(E); });
}

} // namespace

void forEachOptimizerMistake(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                             llvm::function_ref<const ProjectIndex &()> Index, FactFn Registered,
                             llvm::function_ref<void(const OptimizerMistake &)> Visit) {
  ASTContext &Context = Graphs.context();
  forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
    if (addsToAdagrad(Call))
      Visit({OptimizerMistake::NoState, Call, Call});
  });
  llvm::SmallVector<std::pair<OptimizerMade, llvm::SmallVector<ParameterPart, 4>>, 2> All;
  forEachOptimizer(Function, Context, [&](const OptimizerMade &Made) {
    All.push_back({Made, partsOf(Made.Parameters, Function, Context)});
  });
  auto MayBeFrozen = [&] { return GraphSources(Index(), Context).parametersMayBeFrozen(); };
  for (const auto &[Made, Parts] : All) {
    llvm::SmallVector<ParameterPart, 4> Others;
    for (const auto &[Other, Its] : All)
      if (Other.Whole != Made.Whole)
        Others.append(Its);
    OptimizerJudge Judge(Made, Parts, Others, Visit);
    // One mistake, one finding.
    Judge.ownOnly(Registered, MayBeFrozen) || Judge.twice(Registered) ||
        Judge.nonLeaf(Index, Context) || Judge.late(Function->getBody(), Graphs.of(Function)) ||
        Judge.nothing(Registered);
  }
}

} // namespace torchtidy
