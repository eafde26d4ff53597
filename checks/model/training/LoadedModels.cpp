#include "model/training/LoadedModels.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"
#include "model/training/ModeGuards.h"
#include "model/training/ParameterLists.h"

using namespace clang;

namespace torchtidy {

namespace {

// The first part of a path that is a model: `net` of `server.net->encoder`.
const ValueDecl *modelIn(const Expr *E) {
  ModulePath Path;
  if (!modulePath(E, Path))
    return nullptr;
  for (const ValueDecl *D : Path)
    if (D && (moduleOf(D->getType()) || isScriptModule(D->getType()) ||
              isScriptModule(D->getType().getNonReferenceType())))
      return D;
  return Path.back();
}

// Google Test's bodies, and functions that call themselves tests.
bool isTest(const FunctionDecl *Function) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  return llvm::StringRef(nameOf(Function)).starts_with_insensitive("test") ||
         (Method && derivesFrom(Method->getParent(), "testing::Test"));
}

bool isWithin(const CXXRecordDecl *Class, const CXXRecordDecl *Base) {
  return Class && Base &&
         (Class->getCanonicalDecl() == Base->getCanonicalDecl() ||
          (Class->hasDefinition() && Base->hasDefinition() && Class->isDerivedFrom(Base)));
}

// \p Outer has a \p Class among its members.
bool holds(const CXXRecordDecl *Outer, const CXXRecordDecl *Class, unsigned Depth = 0) {
  if (!Outer || !Outer->hasDefinition() || Depth > 4)
    return false;
  return llvm::any_of(Outer->getDefinition()->fields(), [&](const FieldDecl *Field) {
    const CXXRecordDecl *Member = moduleOf(Field->getType());
    return Member && (isWithin(Member, Class) || holds(Member, Class, Depth + 1));
  });
}

// A layer that depends on the mode among what \p E builds: `Sequential(Linear(1, 1), Dropout())`.
llvm::StringRef modeLayerIn(const Expr *E) {
  llvm::StringRef Found;
  forEach<CXXConstructExpr>(E, [&](const CXXConstructExpr *Construct) {
    const CXXRecordDecl *Built = moduleOf(Construct->getType());
    if (Found.empty() && Built)
      Found = modeDependentLayer(Built);
  });
  return Found;
}

// In one function, the text decides.
bool isBefore(const TrainingCalls::Site &First, const TrainingCalls::Site &Then,
              ASTContext &Context) {
  return First.In != Then.In || Context.getSourceManager().isBeforeInTranslationUnit(
                                    First.Call->getBeginLoc(), Then.Call->getBeginLoc());
}

} // namespace

LoadedModels::LoadedModels(const ProjectIndex &Index, ASTContext &Context)
    : Index(Index), Context(Context), Calls(Index), Sources(Index, Context) {
  Trains = !Calls.Backward.empty();
  for (const FunctionDecl *Function : Index.functions())
    if (!Trains)
      forEachOptimizer(Function, Context, [&](const OptimizerMade &) { Trains = true; });
}

void LoadedModels::addValues(const ValueDecl *D, Origin &Into,
                             llvm::SmallVectorImpl<const ValueDecl *> &Work) {
  for (const ProjectIndex::Store &Store : Index.storesOf(D)) {
    if (!Store.Value)
      continue;
    const Expr *Value = stripOwner(Store.Value);
    if (Into.Layer.empty() && moduleOf(D->getType()))
      Into.Layer = modeLayerIn(Value);
    forEach<CallExpr>(Value, [&](const CallExpr *Call) {
      if (isNamed(calleeOf(Call), "torch::jit::load"))
        Into.ScriptLoad = Call;
    });
    if (const ValueDecl *Named = modelIn(Value))
      Work.push_back(Named);
    // A function in view that makes the model.
    for (const Expr *Returned : returnsOf(calleeOf(Value))) {
      if (const ValueDecl *Named = modelIn(Returned))
        Work.push_back(Named);
      if (const auto *Load = dyn_cast<CallExpr>(stripValue(Returned));
          isNamed(calleeOf(Load), "torch::jit::load"))
        Into.ScriptLoad = Load;
    }
  }
}

LoadedModels::Origin LoadedModels::originOf(const Expr *Model) {
  Origin Found;
  llvm::SmallVector<const ValueDecl *, 8> Work;
  if (const ValueDecl *D = modelIn(Model))
    Work.push_back(D);
  for (unsigned Steps = 0; !Work.empty() && Steps < 32; ++Steps) {
    const ValueDecl *D = Work.pop_back_val();
    if (Found.Known.insert(D).second)
      addValues(D, Found, Work);
  }
  return Found;
}

bool LoadedModels::isSame(const Origin &A, const Expr *Model) {
  if (!Model)
    return false;
  Origin B = originOf(Model);
  return llvm::any_of(B.Known, [&](const ValueDecl *D) { return A.Known.contains(D); });
}

bool LoadedModels::isInferenceOnly(const FunctionDecl *Function) {
  return !Trains && !isTest(Function) && !isModuleClass(enclosingClass(Function));
}

// `Net &net() { return *net_; }`: who calls it, elsewhere, may switch it.
bool LoadedModels::isHandedOut(const Origin &Model) {
  return llvm::any_of(Index.functions(), [&](const FunctionDecl *Function) {
    const auto *Method = dyn_cast<CXXMethodDecl>(Function);
    return Method && Method->getAccess() == AS_public &&
           llvm::any_of(returnsOf(Method), [&](const Expr *Returned) {
             const ValueDecl *D = modelIn(Returned);
             return isa_and_nonnull<FieldDecl>(D) && Model.Known.contains(D);
           });
  });
}

// Some eval() or train() may be of \p Model: of its class, a base, or one that holds it.
bool LoadedModels::setsModeOf(const Origin &Model, const CXXRecordDecl *Class) {
  if (isHandedOut(Model))
    return true;
  if (llvm::any_of(Calls.Handed,
                   [&](const TrainingCalls::Site &Site) { return isSame(Model, Site.Model); }))
    return true;
  return llvm::any_of(Calls.Modes, [&](const TrainingCalls::Site &Site) {
    const CXXRecordDecl *Switched = moduleOf(Site.Model->getType());
    if (isThis(Site.Model))
      Switched = enclosingClass(Site.In);
    return !Switched || isWithin(Class, Switched) || isWithin(Switched, Class) ||
           holds(Switched, Class) || holds(Class, Switched) || isSame(Model, Site.Model);
  });
}

// `torch::save(a, stream); torch::load(b, stream);` copies the weights of a model in memory.
bool LoadedModels::isCopiedThrough(const CallExpr *Load) {
  const VarDecl *Stream = namedVariable(argumentFor(Load, 1));
  const auto *Owner = Stream ? dyn_cast<FunctionDecl>(Stream->getDeclContext()) : nullptr;
  return Owner && anyDescendant<CallExpr>(Owner->getBody(), [&](const CallExpr *Save) {
           return isNamed(calleeOf(Save), "torch::save") && Save->getNumArgs() > 1 &&
                  namedVariable(Save->getArg(1)) == Stream && namedDecl(Save->getArg(0));
         });
}

void LoadedModels::forEachWithoutEval(const FunctionDecl *Function,
                                      llvm::function_ref<void(const InferenceRun &)> Visit) {
  // Dropout that draws on purpose: `predictWithUncertainty()`.
  if (!isInferenceOnly(Function) || drawsOnPurpose(nameOf(Function)))
    return;
  llvm::SmallPtrSet<const CallExpr *, 4> Reported;
  for (const TrainingCalls::Site &Site : Calls.Runs) {
    const CXXRecordDecl *Class = Site.In == Function ? moduleOf(Site.Model->getType()) : nullptr;
    if (!Class)
      continue;
    Origin Model = originOf(Site.Model);
    llvm::StringRef Layer = modeDependentLayer(Class);
    Layer = Layer.empty() ? Model.Layer : Layer;
    if (Layer.empty() || setsModeOf(Model, Class))
      continue;
    for (const TrainingCalls::Site &Load : Calls.Loads)
      if (Load.Model && isSame(Model, Load.Model) && isBefore(Load, Site, Context) &&
          !isCopiedThrough(Load.Call) && !isTest(Load.In) && Reported.insert(Load.Call).second)
        Visit({{Site.Call, Site.Model, false}, Load.Call, true, Layer});
  }
}

// Values of scripts, pointers to objects, closures.
static bool mayHoldAnything(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return isStdNamed(Record, {"shared_ptr", "unique_ptr", "function", "map", "unordered_map"}) ||
         (isLibTorchDecl(Record) &&
          llvm::is_contained({"IValue", "intrusive_ptr", "Dict", "List"}, nameOf(Record)));
}

// `out = net->forward(x);` of a member that others read.
static bool keepsInMember(const FunctionDecl *Function) {
  return anyDescendant<Expr>(Function->getBody(), [](const Expr *E) {
    auto Assigned = asPlainAssignment(E);
    const FieldDecl *Field = Assigned ? fieldOfThis(Assigned->Target) : nullptr;
    return Field && isTensorType(Field->getType()) &&
           anyDescendant<CallExpr>(
               Assigned->Value, [](const CallExpr *Call) { return asModelRun(Call).has_value(); });
  });
}

// Certainly entered with gradients on; or nobody here calls it, it makes the model itself, and
// gives no tensor to whom it returns to.
bool LoadedModels::recordsGradients(const FunctionDecl *Function, bool IsPreparedHere) {
  if (!Index.callsOf(Function).empty() || Function->isMain() || isa<CXXConstructorDecl>(Function))
    return runsWithGrad(Function, Index);
  auto Gives = [](QualType Type) {
    TypeInfo Info = classifyType(Type);
    return Info.isTensor() || Info.HoldsTensors || mayHoldAnything(Type);
  };
  bool IsHanded = !Index.callsTaking(Function).empty() || keepsInMember(Function);
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  return IsPreparedHere && !IsHanded && !(Method && Method->isVirtual()) &&
         !Gives(Function->getReturnType()) &&
         llvm::none_of(Function->parameters(), [&](const ParmVarDecl *Parameter) {
           QualType Type = Parameter->getType();
           if (isStdNamed(Type.getNonReferenceType()->getAsCXXRecordDecl(), {"function"}))
             return true; // which may be given a tensor
           return (Type->isReferenceType() || Type->isPointerType()) &&
                  Gives(Type->getPointeeType()) && !Type->getPointeeType().isConstQualified();
         });
}

// `model.run_method("rate").toInt()`: a number, which has no graph.
static bool givesNumber(const CallExpr *Run, ASTContext &Context) {
  const auto *Around = enclosing<CXXMemberCallExpr>(Run, Context);
  return Around && stripValue(objectOf(Around)) == Run && Around->getType()->isArithmeticType();
}

// The load or eval() after which \p Site runs; that of its own function says more than another's.
void LoadedModels::prepare(InferenceRun &Run, const Origin &Model,
                           const TrainingCalls::Site &Site) {
  auto IsHere = [&](const CallExpr *Call) {
    return Call && functionAround(Call, Context) == Site.In;
  };
  auto Consider = [&](const TrainingCalls::Site &Prepares, bool IsLoad) {
    bool IsBetter = !Run.Prepared || (IsHere(Prepares.Call) && !IsHere(Run.Prepared));
    if (!IsBetter || !isSame(Model, Prepares.Model) || !isBefore(Prepares, Site, Context))
      return;
    Run.Prepared = Prepares.Call;
    Run.IsLoad = IsLoad;
  };
  for (const TrainingCalls::Site &Load : Calls.Loads)
    Consider(Load, /*IsLoad=*/true);
  for (const TrainingCalls::Site &Mode : Calls.Modes)
    if (calleeName(Mode.Call) == "eval")
      Consider(Mode, /*IsLoad=*/false);
}

void LoadedModels::forEachWithGraph(const FunctionDecl *Function,
                                    llvm::function_ref<void(const InferenceRun &)> Visit) {
  if (!isInferenceOnly(Function) || Sources.parametersMayBeFrozen())
    return;
  for (const TrainingCalls::Site &Site : Calls.Runs) {
    if (Site.In != Function || isUnderNoGrad(Site.Call, Context) ||
        innermostFunction(Site.Call, Context) != Function || givesNumber(Site.Call, Context))
      continue;
    bool IsScript = isScriptModule(Site.Model->getType());
    auto Run = asModelRun(Site.Call);
    IsScript |= Run && Run->IsScript;
    if (IsScript ? Calls.FreezesScripts : !hasParameters(moduleOf(Site.Model->getType())))
      continue;
    Origin Model = originOf(Site.Model);
    InferenceRun Found{{Site.Call, Site.Model, IsScript}, Model.ScriptLoad, true, {}};
    prepare(Found, Model, Site);
    if (Found.Prepared &&
        recordsGradients(Function, functionAround(Found.Prepared, Context) == Function)) {
      Visit(Found);
      return; // one guard serves all
    }
  }
}

} // namespace torchtidy
