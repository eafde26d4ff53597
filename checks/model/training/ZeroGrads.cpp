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

// `optimizer.step()`. One with a closure clears there.
bool isStep(const CXXMemberCallExpr *Call) {
  return optimizerStepped(Call) && isLibTorchDecl(calleeOf(Call)) &&
         writtenArguments(Call).empty() && !Call->getBeginLoc().isMacroID();
}

// Whoever reads a gradient by its name may write it.
bool mayClear(const CallExpr *Call) {
  Operation Called = operationOf(Call);
  return calleeName(Call) == "zero_grad" || Called.is(Op::grad) || Called.is(Op::mutable_grad);
}

// Of the expression itself, not of its parts.
bool maySetGradients(const Expr *E, const ASTContext &Context) {
  return mayReach(
      E, Context,
      [](const CallExpr *Call) {
        Operation Called = operationOf(Call);
        return runsBackward(Call) || Called.is(Op::grad) || Called.is(Op::mutable_grad);
      },
      OtherLibraries::Trusted);
}

// `i < 1`: there is no round before.
bool isOneRound(const Stmt *Loop, const ASTContext &Context) {
  const auto *For = dyn_cast<ForStmt>(Loop);
  const auto *Test = For ? dyn_cast_or_null<BinaryOperator>(For->getCond()) : nullptr;
  std::optional<int64_t> Rounds = Test ? integerConstant(Test->getRHS(), Context) : std::nullopt;
  return Rounds && *Rounds >= 0 && *Rounds <= 1;
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
    auto IsRenewed = [&](const Stmt *S) {
      llvm::StringRef Name = calleeName(S);
      return declares(S, Optimizer) || assigns(S, Optimizer) ||
             ((Name == "reset" || Name == "emplace") && namedDecl(objectOf(S)) == Optimizer);
    };
    if (!reaches(Paths, Step, Backward, IsRenewed) || !reaches(Paths, Backward, Step, IsRenewed) ||
        hasOneRound(Backward))
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
      Rounds += isLoop(Loop) && !isOneRound(Loop, Context);
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
    return modulePath(Model, Path) && optimizerOf(Optimizer, Path, Index, Context);
  }

  const FunctionPaths &Paths;
  const ProjectIndex &Index;
  ASTContext &Context;
  GraphSources Sources;
  GraphRuns Runs;
};

// Nothing that may run after the step clears; before the loop there was nothing to clear.
bool isNeverCleared(const CXXMemberCallExpr *Step, const Stmt *Code, const FunctionPaths &Paths,
                    const ASTContext &Context) {
  auto MayClearAfter = [&](const CallExpr *Call) {
    return mayClear(Call) && (!Paths.placeOf(Call) || reaches(Paths, Step, Call));
  };
  return !mayReach(Code, Context, MayClearAfter, OtherLibraries::Trusted);
}

// The zero_grad() of the same optimizer that each path from a backward() to \p Step leads over.
std::optional<ZeroGradMistake> clearedTooEarly(const CXXMemberCallExpr *Step,
                                               llvm::ArrayRef<const CXXMemberCallExpr *> Backward,
                                               llvm::ArrayRef<const CXXMemberCallExpr *> Clears,
                                               const Stmt *Code, const FunctionPaths &Paths,
                                               const ASTContext &Context) {
  const ValueDecl *Optimizer = optimizerStepped(Step);
  for (const CXXMemberCallExpr *Clear : Clears) {
    if (namedDecl(stripArrow(objectOf(Clear))) != Optimizer || !reaches(Paths, Clear, Step))
      continue;
    auto IsClear = [&](const Stmt *S) { return S == Clear; };
    const CXXMemberCallExpr *Lost = nullptr;
    for (const CXXMemberCallExpr *Each : Backward)
      if (reaches(Paths, Each, Clear, [&](const Stmt *S) { return S == Step; }))
        Lost = Each;
    // Whatever may compute or set gradients: it would have to lead to the step past the clearing.
    bool IsSet = anyDescendant<Expr>(Code, [&](const Expr *E) {
      bool May = (isa<CallExpr>(E) || isa<CXXConstructExpr>(E)) && E != Step && E != Clear &&
                 maySetGradients(E, Context);
      return May && (!Paths.placeOf(E) || reaches(Paths, E, Step, IsClear));
    });
    if (Lost && !IsSet)
      return ZeroGradMistake{ZeroGradMistake::TooEarly, Lost, Step, nullptr, false, Clear};
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
        if (asBackwardOfTensor(Call))
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
    if (auto Found = clearedTooEarly(Step, Backward, Clears, Code, *Paths, Context)) {
      Visit(*Found);
      continue;
    }
    if (!isNeverCleared(Step, Code, *Paths, Context))
      continue;
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
