#include "model/training/StepClosures.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/CodeReach.h"
#include "model/training/GraphSources.h"
#include "model/training/ParameterLists.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 16;

// --- which closure, of which optimizer -----------------------------------------------------------

// The class of the object itself, not of what points to it.
const CXXRecordDecl *optimizerOf(const Expr *Object) {
  QualType Type = Object->getType().getNonReferenceType();
  if (Type->isPointerType())
    Type = Type->getPointeeType();
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  return isOptimizer(Record) && isLibTorchDecl(Record) &&
                 !isNamed(Record, "torch::optim::Optimizer")
             ? Record
             : nullptr;
}

// The body of what is given as a closure: a lambda or a function, also by the one name it has.
const FunctionDecl *bodyOf(const Expr *Closure, const ProjectIndex &Index, unsigned Depth = 0) {
  const Expr *E = stripCasts(Closure);
  if (!E || Depth > MaxDepth)
    return nullptr;
  if (const auto *Lambda = dyn_cast<LambdaExpr>(E)) {
    auto Bodies = lambdaBodies(Lambda);
    return Bodies.size() == 1 ? visibleDefinition(Bodies.front()) : nullptr;
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    auto Arguments = writtenArguments(Construct);
    return Arguments.size() == 1 ? bodyOf(Arguments[0], Index, Depth + 1) : nullptr;
  }
  const ValueDecl *Named = namedDecl(pointee(E));
  if (const auto *Function = dyn_cast_or_null<FunctionDecl>(Named))
    return visibleDefinition(Function);
  const auto *Variable = dyn_cast_or_null<VarDecl>(Named);
  const Expr *Init = Variable && Variable->isLocalVarDecl() && Index.storesOf(Variable).size() == 1
                         ? initialiserOf(Variable)
                         : nullptr;
  return Init ? bodyOf(Init, Index, Depth + 1) : nullptr;
}

// Calls \p Test on what the options are told that say how often LBFGS evaluates.
bool anyLimit(const ProjectIndex &Index, llvm::function_ref<bool(const Expr *)> Test) {
  auto IsLimit = [&](const CXXMemberCallExpr *Call) {
    llvm::StringRef Name = calleeName(Call);
    return (Name == "max_iter" || Name == "max_eval") && Test(argumentFor(Call, 0));
  };
  return llvm::any_of(Index.functions(), [&](const FunctionDecl *Function) {
    return llvm::any_of(codeOf(Function), [&](const Stmt *Code) {
      return anyDescendant<CXXMemberCallExpr>(Code, IsLimit);
    });
  });
}

// It may be once.
bool mayEvaluateOnce(const ProjectIndex &Index, const ASTContext &Context) {
  return anyLimit(
      Index, [&](const Expr *Limit) { return integerConstant(Limit, Context).value_or(0) < 2; });
}

// --- a graph from outside ------------------------------------------------------------------------

class OutsideGraph {
public:
  OutsideGraph(const FunctionDecl *Closure, const ProjectIndex &Index, ASTContext &Context,
               const ValueDecl *Optimizer)
      : Closure(Closure), Index(Index), Context(Context), Optimizer(Optimizer),
        Sources(Index, Context) {}

  /// The variable of the code around that brings a graph into \p E.
  const VarDecl *in(const Expr *E, unsigned Depth = 0) {
    E = stripValue(E);
    if (!E || Depth > MaxDepth)
      return nullptr;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
      if (!Variable || !Variable->isLocalVarDecl() || !isTensorType(Variable->getType()))
        return nullptr;
      if (Variable->getDeclContext() != Closure)
        return bringsGraph(Ref, Variable) ? Variable : nullptr;
      auto Stores = Index.storesOf(Variable);
      return Stores.size() == 1 && Stores[0].Value ? in(Stores[0].Value, Depth + 1) : nullptr;
    }
    const auto *Call = dyn_cast<CallExpr>(E);
    if (!Call || !isTensorType(Call->getType()))
      return nullptr;
    Operation Called = operationOf(Call);
    const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
    bool IsArithmetic = Operator && Operator->getOperator() != OO_Call &&
                        isLibTorchDecl(calleeOf(Call)) && !Operator->isComparisonOp();
    bool IsOperation = Called && !Called.IsOut && !Called.has(Creates) && !Called.has(CutsGraph) &&
                       Called.Gives != ResultKind::Another;
    bool IsLoss = isLossRun(Call);
    if (!IsArithmetic && !IsOperation && !IsLoss)
      return nullptr;
    if (const Expr *Object = IsLoss ? nullptr : objectOf(Call))
      if (const VarDecl *Found = in(Object, Depth + 1))
        return Found;
    for (const Expr *Argument : writtenArguments(Call))
      if (const VarDecl *Found = in(Argument, Depth + 1))
        return Found;
    return nullptr;
  }

private:
  // Computed outside alone, by the model whose parameters this optimizer has.
  bool bringsGraph(const DeclRefExpr *Ref, const VarDecl *Variable) {
    auto Stores = Index.storesOf(Variable);
    if (Stores.empty() || llvm::any_of(Stores, [&](const ProjectIndex::Store &Store) {
          return !Store.Value || isLambdaBody(Store.In);
        }))
      return false;
    GraphSource Source = Sources.of(Ref);
    auto Run = asModelRun(Source.At);
    ModulePath Path;
    if (!Run || Source.IsLeaf || !modulePath(Run->Model, Path))
      return false;
    bool Has = false;
    forEachMaking(Optimizer, Index, Context, [&](const OptimizerMade &, auto Parts) {
      Has |= llvm::any_of(Parts, [&](const ParameterPart &Part) {
        return Part.IsNamed && (beginsWith(Part.Path, Path) || beginsWith(Path, Part.Path));
      });
    });
    return Has;
  }

  const FunctionDecl *Closure;
  const ProjectIndex &Index;
  ASTContext &Context;
  const ValueDecl *Optimizer;
  GraphSources Sources;
};

} // namespace

bool mayRunBackward(const Stmt *Code, const ASTContext &Context) {
  return mayReach(
      Code, Context, [](const CallExpr *Call) { return runsBackward(Call) || namesGradient(Call); },
      OtherLibraries::Unknown);
}

void forEachClosureMistake(const FunctionDecl *Function, ASTContext &Context,
                           llvm::function_ref<const ProjectIndex &()> Index,
                           llvm::function_ref<void(const ClosureMistake &)> Visit) {
  llvm::SmallVector<const CXXMemberCallExpr *, 2> Steps;
  forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
    if (calleeName(Call) == "step" && writtenArguments(Call).size() == 1 && objectOf(Call) &&
        optimizerOf(objectOf(Call)))
      Steps.push_back(Call);
  });
  for (const CXXMemberCallExpr *Step : Steps) {
    const FunctionDecl *Closure = bodyOf(argumentFor(Step, 0), Index());
    const ValueDecl *Optimizer = namedDecl(stripArrow(objectOf(Step)));
    const auto *Local = dyn_cast_or_null<VarDecl>(Optimizer);
    if (!Closure)
      continue;
    bool IsLBFGS = isNamed(optimizerOf(objectOf(Step)), "torch::optim::LBFGS");
    if (!mayRunBackward(Closure->getBody(), Context)) {
      // One evaluation may do with gradients that stand there already.
      bool IsRenewedElsewhere = !IsLBFGS || mayEvaluateOnce(Index(), Context);
      bool IsAlone = Local && Local->isLocalVarDecl() && !Local->getType()->isReferenceType();
      if ((IsLBFGS || IsAlone) &&
          (!IsRenewedElsewhere || (IsAlone && !mayRunBackward(Function->getBody(), Context))))
        Visit({ClosureMistake::NoBackward, Step, Closure});
      continue;
    }
    if (!IsLBFGS || !Optimizer || mayEvaluateOnce(Index(), Context))
      continue;
    OutsideGraph Outside(Closure, Index(), Context, Optimizer);
    bool IsFound = false;
    forEach<CXXMemberCallExpr>(Closure->getBody(), [&](const CXXMemberCallExpr *Call) {
      if (IsFound || !operationOf(Call).is(Op::backward) || writtenArguments(Call).size() > 1 ||
          !objectOf(Call))
        return;
      const VarDecl *Variable = Outside.in(objectOf(Call));
      IsFound = Variable != nullptr;
      if (Variable)
        Visit({ClosureMistake::StaleGraph, Step, Closure, Call, Variable});
    });
  }
}

} // namespace torchtidy
