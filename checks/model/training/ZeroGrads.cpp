#include "model/training/ZeroGrads.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/CodeReach.h"
#include "model/training/GraphRuns.h"
#include "model/training/ParameterLists.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

using MemberCalls = llvm::SmallVector<const CXXMemberCallExpr *, 4>;

// `optimizer`, `this->optimizer`, also behind a pointer: by another object's name two are one.
const ValueDecl *plainName(const Expr *Object) {
  const Expr *E = Object ? stripArrow(Object) : nullptr;
  if (const VarDecl *Variable = namedVariable(E))
    return Variable;
  return fieldOfThis(E);
}

// `optimizer.step()`. One with a closure clears there, and a class of the project where it likes.
bool isStep(const CXXMemberCallExpr *Call) {
  return optimizerStepped(Call) && plainName(objectOf(Call)) && isLibTorchDecl(calleeOf(Call)) &&
         writtenArguments(Call).empty() && !Call->getBeginLoc().isMacroID();
}

// All that the gradient reaches, not `inputs` alone.
bool isWholeBackward(const CXXMemberCallExpr *Call) {
  constexpr unsigned Inputs = 3;
  return asBackwardOfTensor(Call) && writtenArguments(Call).size() <= Inputs;
}

bool mayClear(const CallExpr *Call) { return calleeName(Call) == "zero_grad"; }

// In any function of the file: a gradient that is named there may be kept, and be written here.
bool anyNamesGradient(const ProjectIndex &Index) {
  return llvm::any_of(Index.functions(), [](const FunctionDecl *Function) {
    return llvm::any_of(codeOf(Function), [](const Stmt *Code) {
      return anyDescendant<CallExpr>(Code, namesGradient);
    });
  });
}

// What is called by its base class may be one of the project, which does as it likes.
bool mayBeOwn(const CXXMemberCallExpr *Step, const ProjectIndex &Index) {
  return isNamed(Step->getMethodDecl()->getParent(), "torch::optim::Optimizer") &&
         llvm::any_of(Index.classes(),
                      [](const CXXRecordDecl *Class) { return isOptimizer(Class); });
}

// \p S gives the name another optimizer.
bool renews(const Stmt *S, const ValueDecl *Optimizer) {
  llvm::StringRef Name = calleeName(S);
  return declares(S, Optimizer) || assigns(S, Optimizer) ||
         ((Name == "reset" || Name == "emplace") && namedDecl(objectOf(S)) == Optimizer);
}

// `i < 1`, `i < epochs` of `int epochs = 1`: there is no round before. `while (!done)`: perhaps.
bool isOneRound(const Stmt *Loop, const ProjectIndex &Index, const ASTContext &Context) {
  if (const auto *While = dyn_cast<WhileStmt>(Loop)) // while (!done)
    return anyDescendant<DeclRefExpr>(While->getCond(), [&](const DeclRefExpr *Ref) {
      return Ref->getType()->isBooleanType() && isAssignedIn(While->getBody(), Ref->getDecl());
    });
  const auto *For = dyn_cast<ForStmt>(Loop);
  const auto *Test = For ? dyn_cast_or_null<BinaryOperator>(For->getCond()) : nullptr;
  if (!Test || !Test->isComparisonOp() || Test->getOpcode() == BO_GT || Test->getOpcode() == BO_GE)
    return false;
  const Expr *Limit = Test->getRHS();
  if (const VarDecl *Variable = namedVariable(Limit->IgnoreParenImpCasts())) {
    auto Values = Index.valuesOf(Variable);
    Limit = Values.size() == 1 ? Values.front() : nullptr;
  }
  std::optional<int64_t> Rounds = Limit ? integerConstant(Limit, Context) : std::nullopt;
  return Rounds && *Rounds >= 0 && *Rounds <= (Test->getOpcode() == BO_LE ? 0 : 1);
}

// `if (i + 1 == n) optimizer.step();` may be the last round's.
bool isUnderOwnCondition(const Stmt *Step, const Stmt *Backward, ASTContext &Context) {
  bool Is = false;
  walkUp(Step, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    if (S && contains(S, Backward))
      return false;
    Is |= isa_and_nonnull<IfStmt, SwitchStmt, ConditionalOperator, CXXCatchStmt>(S);
    return true;
  });
  return Is;
}

// Some path leads from one to the other and not over what \p Stop says.
bool reaches(const FunctionPaths &Paths, const Stmt *From, const Stmt *To, StmtPredicate Stop) {
  return Paths.findAfter(From, [&](const Stmt *S) { return S == To; }, Stop);
}
bool reaches(const FunctionPaths &Paths, const Stmt *From, const Stmt *To) {
  return reaches(Paths, From, To, [](const Stmt *) { return false; });
}

class SumFinder {
public:
  SumFinder(const FunctionDecl *Function, const FunctionPaths &Paths, const ProjectIndex &Index,
            ASTContext &Context)
      : Paths(Paths), Index(Index), Context(Context), Sources(Index, Context),
        Runs(Function, Paths, Index, Sources) {}

  /// The run of a model that \p Step trains with the gradients of \p Backward, in a round after
  /// another; null where that is not certain.
  const CallExpr *judge(const CXXMemberCallExpr *Backward, const CXXMemberCallExpr *Step) {
    const ValueDecl *Optimizer = optimizerStepped(Step);
    auto IsRenewed = [&](const Stmt *S) { return renews(S, Optimizer); };
    if (!reaches(Paths, Step, Backward, IsRenewed) || !reaches(Paths, Backward, Step, IsRenewed) ||
        hasOneRound(Backward) || isUnderOwnCondition(Step, Backward, Context))
      return nullptr;
    for (const CallExpr *Run : Runs.of(objectOf(Backward)).Runs)
      if (const Expr *Model = modelOf(Run); Model && holds(Optimizer, Model))
        return Run;
    return nullptr;
  }

private:
  bool hasOneRound(const Stmt *S) const {
    unsigned Rounds = 0;
    walkUp(S, Context, [&](const DynTypedNode &Above) {
      const auto *Loop = Above.get<Stmt>();
      Rounds += isLoop(Loop) && !isOneRound(Loop, Index, Context);
      return true;
    });
    return Rounds == 0;
  }

  // Of a function in view the one module that it is given.
  static const Expr *modelOf(const CallExpr *Run) {
    if (auto Direct = asModelRun(Run))
      return Direct->Model;
    const Expr *Only = nullptr;
    for (const Expr *Argument : writtenArguments(Run))
      if (moduleOf(Argument->getType())) {
        if (Only)
          return nullptr;
        Only = Argument;
      }
    return Only;
  }

  // All that makes the optimizer in view gives it the model's parameters.
  bool holds(const ValueDecl *Optimizer, const Expr *Model) const {
    ModulePath Path;
    return modulePath(Model, Path) && isLibTorchDecl(optimizerOf(Optimizer, Path, Index, Context));
  }

  const FunctionPaths &Paths;
  const ProjectIndex &Index;
  ASTContext &Context;
  GraphSources Sources;
  GraphRuns Runs;
};

// Nothing that may run after the step clears, or makes the optimizer anew; before the loop there
// was nothing to clear.
bool isNeverCleared(const CXXMemberCallExpr *Step, const Stmt *Code, const FunctionPaths &Paths,
                    const ASTContext &Context) {
  const ValueDecl *Optimizer = optimizerStepped(Step);
  auto MayClearAfter = [&](const CallExpr *Call) {
    if (!Paths.placeOf(Call))
      return mayClear(Call) || renews(Call, Optimizer);
    return mayClear(Call) && reaches(Paths, Step, Call);
  };
  return !mayReach(Code, Context, MayClearAfter, OtherLibraries::Trusted);
}

// The zero_grad() of the same optimizer that each path from a backward() to \p Step leads over.
std::optional<ZeroGradMistake> clearedTooEarly(const CXXMemberCallExpr *Step,
                                               const MemberCalls &Backward,
                                               const MemberCalls &Clears, const Stmt *Code,
                                               const FunctionPaths &Paths,
                                               const ASTContext &Context) {
  const ValueDecl *Optimizer = optimizerStepped(Step);
  auto IsRenewed = [&](const Stmt *S) { return renews(S, Optimizer); };
  for (const CXXMemberCallExpr *Clear : Clears) {
    if (plainName(objectOf(Clear)) != Optimizer || !reaches(Paths, Clear, Step, IsRenewed))
      continue;
    // A loss without a name, once: gradients are made room for.
    auto Lost = llvm::find_if(Backward, [&](const CXXMemberCallExpr *Each) {
      return (namedDecl(objectOf(Each)) || reaches(Paths, Step, Each)) &&
             reaches(Paths, Each, Clear, [&](const Stmt *S) { return S == Step || IsRenewed(S); });
    });
    if (Lost == Backward.end())
      continue;
    // Whatever may compute gradients would have to lead to the step past the clearing.
    auto IsClear = [&](const Stmt *S) { return S == Clear; };
    bool IsSet = anyDescendant<Expr>(Code, [&](const Expr *E) {
      bool May = (isa<CallExpr>(E) || isa<CXXConstructExpr>(E)) && E != Step && E != Clear &&
                 mayReach(E, Context, runsBackward, OtherLibraries::Trusted);
      return May && (!Paths.placeOf(E) || reaches(Paths, E, Step, IsClear));
    });
    if (!IsSet)
      return ZeroGradMistake{ZeroGradMistake::TooEarly, *Lost, Step, nullptr, false, Clear};
  }
  return std::nullopt;
}

} // namespace

void forEachZeroGradMistake(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                            llvm::function_ref<const ProjectIndex &()> Index,
                            llvm::function_ref<void(const ZeroGradMistake &)> Visit) {
  const Stmt *Code = Function->getBody();
  MemberCalls Steps, Backward, Clears;
  forEach<CXXMemberCallExpr>(
      Code,
      [&](const CXXMemberCallExpr *Call) {
        if (isStep(Call))
          Steps.push_back(Call);
        if (isWholeBackward(Call))
          Backward.push_back(Call);
        if (calleeName(Call) == "zero_grad" && isLibTorchDecl(calleeOf(Call)))
          Clears.push_back(Call);
      },
      LambdaBodies::Skip);
  const FunctionPaths *Paths = Steps.empty() || Backward.empty() ? nullptr : Graphs.of(Function);
  if (!Paths)
    return;
  ASTContext &Context = Graphs.context();
  std::optional<SumFinder> Sums;
  for (const CXXMemberCallExpr *Step : Steps) {
    auto Early = clearedTooEarly(Step, Backward, Clears, Code, *Paths, Context);
    if (!Early && !isNeverCleared(Step, Code, *Paths, Context))
      continue;
    // With a candidate: both read the whole file.
    if (mayBeOwn(Step, Index()) || anyNamesGradient(Index()))
      continue;
    if (Early) {
      Visit(*Early);
      continue;
    }
    if (!Sums)
      Sums.emplace(Function, *Paths, Index(), Context);
    for (const CXXMemberCallExpr *Each : Backward)
      if (const CallExpr *Run = Sums->judge(Each, Step)) {
        Visit({ZeroGradMistake::Never, Each, Step, Run, Steps.size() == 1});
        break;
      }
  }
}

} // namespace torchtidy
