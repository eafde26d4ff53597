#include "model/training/OptimizerMistakes.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
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
  return llvm::none_of(Registered.all(), [&](const auto &Site) {
    return Site.first.Object && moduleOf(Site.first.Object->getType()) == Class;
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
  LateChange(const OptimizerMade &Made, const ParameterPart &Part, const FunctionPaths &Paths)
      : Made(Made), Part(Part), Paths(Paths) {}

  /// What gives the module other parameters after the optimizer was made, and before it steps.
  const Expr *find() const {
    if (!Made.Name || !Part.IsNamed)
      return nullptr;
    auto IsRenewed = [&](const Stmt *S) {
      auto Assign = asPlainAssignment(S);
      return S == Made.Whole || (Assign && namedDecl(Assign->Target) == Made.Name) ||
             (calleeName(S) == "add_param_group" && namedDecl(objectOf(S)) == Made.Name);
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

  bool changes(const Stmt *S) const {
    if (auto Site = asRegistration(S))
      return Site->Kind != RegistrationKind::Buffer && Site->Object &&
             isOfModule(Site->Object, true) && !holdsWhatIsThere(Site->Value);
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

  // Registered again under another name.
  bool holdsWhatIsThere(const Expr *Value) const {
    ModulePath Path;
    return Value && modulePath(Value, Path) && Path.size() > 1;
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
                 return Site && Site->isOnThis() && Site->Kind != RegistrationKind::Buffer;
               },
               LambdaBodies::Skip);
  }
  bool steps(const Stmt *S) const { return optimizerStepped(S) == Made.Name; }

  const OptimizerMade &Made;
  const ParameterPart &Part;
  const FunctionPaths &Paths;
};

// --- one optimizer -------------------------------------------------------------------------------

class OptimizerJudge {
public:
  OptimizerJudge(const OptimizerMade &Made, llvm::ArrayRef<ParameterPart> Parts,
                 llvm::function_ref<void(const OptimizerMistake &)> Visit)
      : Made(Made), Parts(Parts), Visit(Visit) {}

  bool ownOnly(FactFn Registered) {
    for (const ParameterPart &Part : Parts) {
      if (Part.Recurses || !Part.Listing || !Part.IsNamed)
        continue;
      bool IsPartition = llvm::any_of(Parts, [&](const ParameterPart &Other) {
        return &Other != &Part && (!Other.IsNamed || beginsWith(Other.Path, Part.Path));
      });
      if (!IsPartition && hasChildWithParameters(classOf(Part.Module), Registered())) {
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

  bool late(const FunctionPaths *Paths) {
    for (const ParameterPart &Part : Parts)
      if (Paths && Part.Listing)
        if (const Expr *Change = LateChange(Made, Part, *Paths).find()) {
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
  // A class without members or registrations of its own may still be one that its base fills.
  static bool hasLibraryLayer(const CXXRecordDecl *Class) { return layerOf(Class) != Layer::None; }

  const OptimizerMade &Made;
  llvm::ArrayRef<ParameterPart> Parts;
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
  forEachOptimizer(Function, Context, [&](const OptimizerMade &Made) {
    auto Parts = partsOf(Made.Parameters, Function, Context);
    OptimizerJudge Judge(Made, Parts, Visit);
    // One mistake, one finding.
    Judge.ownOnly(Registered) || Judge.twice(Registered) || Judge.nonLeaf(Index, Context) ||
        Judge.late(Graphs.of(Function)) || Judge.nothing(Registered);
  });
}

} // namespace torchtidy
