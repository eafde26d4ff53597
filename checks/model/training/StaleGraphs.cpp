#include "model/training/StaleGraphs.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/GraphRuns.h"
#include "model/training/ParameterLists.h"
#include "model/training/TrainingCalls.h"
#include <map>

using namespace clang;

namespace torchtidy {

namespace {

using Backward = const CXXMemberCallExpr *;

// Told to keep the graph, or maybe: retain_graph, create_graph; or to stop at some inputs.
bool mayKeep(Backward Call) {
  for (unsigned I = 1; I < Call->getNumArgs(); ++I)
    if (!isa<CXXDefaultArgExpr>(Call->getArg(I)) && optionalBool(Call->getArg(I)) != false)
      return true;
  return false;
}

class StaleGraphFinder {
public:
  StaleGraphFinder(const FunctionDecl *Function, const FunctionPaths &Paths,
                   const ProjectIndex &Index, ASTContext &Context)
      : Function(Function), Paths(Paths), Index(Index), Context(Context), Sources(Index, Context),
        Runs(Function, Paths, Index, Sources) {}

  std::optional<StaleGraph> judge(Backward At, llvm::ArrayRef<Backward> All) {
    const GraphRuns::Graph Graph = graphOf(At);
    for (Backward First : All)
      if (First != At && !mayKeep(First))
        for (const CallExpr *Run : graphOf(First).Runs)
          if (Graph.shares(Run, graphOf(First)) && follows(At, First, Run))
            return StaleGraph{StaleGraph::Freed, At, Run, First};
    if (!mayKeep(At)) {
      for (auto [Run, By] : Graph.CarriedOver)
        if (reaches(Run, Run, nullptr) && !reaches(Run, Run, At))
          return StaleGraph{StaleGraph::Carried, At, Run, By};
      for (const CallExpr *Run : Graph.Runs)
        if (Graph.shares(Run, Graph) && reaches(At, At, Run) && isInEachRound(At))
          return StaleGraph{StaleGraph::Again, At, Run};
    }
    return changed(At, Graph.Runs);
  }

private:
  const GraphRuns::Graph &graphOf(Backward At) {
    auto [Known, IsNew] = Graphs.try_emplace(At);
    if (IsNew)
      Known->second = Runs.of(objectOf(At));
    return Known->second;
  }

  // Some path leads from one to the other and not over Stop.
  bool reaches(const Stmt *From, const Stmt *To, const Stmt *Stop) const {
    return Paths.findAfter(
        From, [&](const Stmt *S) { return S == To; }, [&](const Stmt *S) { return S == Stop; });
  }
  // Every path from where the part is made leads over First to At.
  bool follows(const Stmt *At, const Stmt *First, const Stmt *Run) const {
    return reaches(First, At, Run) && !reaches(Run, At, First);
  }

  // `if (i + 1 == n) loss.backward();` may run in one round alone.
  bool isInEachRound(const Stmt *At) const {
    bool IsSure = true;
    walkUp(At, Context, [&](const DynTypedNode &Above) {
      IsSure &= !Above.get<IfStmt>() && !Above.get<SwitchStmt>() &&
                !Above.get<ConditionalOperator>() && !Above.get<CXXCatchStmt>();
      return IsSure && !isLoop(Above.get<Stmt>());
    });
    return IsSure;
  }

  std::optional<StaleGraph> changed(Backward At, const GraphRuns::Calls &Made) {
    std::optional<StaleGraph> Found;
    forEach<CXXMemberCallExpr>(
        Function->getBody(),
        [&](const CXXMemberCallExpr *Step) {
          const ValueDecl *Optimizer = Found ? nullptr : optimizerStepped(Step);
          if (!Optimizer)
            return;
          for (const CallExpr *Call : Made) {
            auto Run = asModelRun(Call);
            if (!Run || !follows(At, Step, Call) || !needsWeights(*Run))
              continue;
            if (const CXXRecordDecl *Class = holderOf(*Run, Optimizer))
              Found = StaleGraph{StaleGraph::Changed, At, Call, Step, Class};
          }
        },
        LambdaBodies::Skip);
    return Found;
  }

  // The gradient of what a layer is given needs its weights: that of an input which has a graph,
  // and of one layer's result that forward gives to another.
  bool needsWeights(const ModelRun &Run) {
    for (const Expr *Argument : argumentsOf(Run.Call))
      if (Sources.of(Argument) || !Runs.of(Argument).Runs.empty())
        return true;
    const FunctionDecl *Forward = forwardOf(moduleOf(Run.Model->getType()));
    return Forward && anyDescendant<CallExpr>(Forward->getBody(), [&](const CallExpr *Call) {
             return asModelRun(Call) && llvm::any_of(argumentsOf(Call), [&](const Expr *Argument) {
                      return bool(Sources.of(Argument));
                    });
           });
  }

  static const FunctionDecl *forwardOf(const CXXRecordDecl *Class) {
    const CXXRecordDecl *Definition = Class ? Class->getDefinition() : nullptr;
    if (!Definition || isLibTorchDecl(Definition))
      return nullptr;
    for (const CXXMethodDecl *Method : Definition->methods())
      if (nameOf(Method) == "forward")
        return visibleDefinition(Method);
    return nullptr;
  }

  const CXXRecordDecl *holderOf(const ModelRun &Run, const ValueDecl *Optimizer) const {
    ModulePath Model;
    return modulePath(Run.Model, Model) ? optimizerOf(Optimizer, Model, Index, Context) : nullptr;
  }

  const FunctionDecl *Function;
  const FunctionPaths &Paths;
  const ProjectIndex &Index;
  ASTContext &Context;
  GraphSources Sources;
  GraphRuns Runs;
  std::map<Backward, GraphRuns::Graph> Graphs; // each is asked about with each
};

} // namespace

void forEachStaleGraph(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                       llvm::function_ref<const ProjectIndex &()> Index,
                       llvm::function_ref<void(const StaleGraph &)> Visit) {
  llvm::SmallVector<Backward, 4> All;
  forEach<CXXMemberCallExpr>(
      Function->getBody(),
      [&](const CXXMemberCallExpr *Call) {
        if (asBackwardOfTensor(Call))
          All.push_back(Call);
      },
      LambdaBodies::Skip);
  const FunctionPaths *Paths = All.empty() ? nullptr : Graphs.of(Function);
  if (!Paths)
    return;
  StaleGraphFinder Finder(Function, *Paths, Index(), Graphs.context());
  for (Backward Each : All)
    if (auto Found = Finder.judge(Each, All))
      Visit(*Found);
}

} // namespace torchtidy
