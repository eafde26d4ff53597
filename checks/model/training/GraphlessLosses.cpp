#include "model/training/GraphlessLosses.h"
#include "model/facts/GradMode.h"
#include "model/paths/ReachingValues.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/TensorChanges.h"
#include "model/torch/Types.h"
#include "model/training/GraphSources.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxSteps = 64; // of one answer

class Graphless {
public:
  Graphless(ControlFlowGraphs &Graphs, const ProjectIndex &Index)
      : Graphs(Graphs), Context(Graphs.context()), Index(Index) {}

  struct Answer {
    bool IsSure = false; // that there is none
    const Stmt *Cut = nullptr;
    bool IsOff = false;
  };
  Answer of(const Expr *E) {
    E = E ? stripValue(E) : nullptr;
    if (!E || ++Steps > MaxSteps || llvm::is_contained(Active, E))
      return {};
    Active.push_back(E);
    Answer Found;
    if (const auto *Call = dyn_cast<CallExpr>(E))
      Found = ofCall(Call);
    else if (const VarDecl *Variable = namedVariable(E))
      Found = ofVariable(Variable, E);
    Active.pop_back();
    return Found;
  }

private:
  Answer ofAll(llvm::ArrayRef<const Expr *> Values) {
    Answer All{!Values.empty()};
    for (const Expr *Value : Values) {
      Answer Each = of(Value);
      if (!Each.IsSure)
        return {};
      if (!All.Cut) {
        All.Cut = Each.Cut;
        All.IsOff = Each.IsOff;
      }
    }
    return All;
  }

  Answer ofVariable(const VarDecl *Variable, const Expr *At) {
    if (!Variable->isLocalVarDecl() || Variable->getType()->isReferenceType() ||
        mayChangeInPlace(Variable, Context) || isToldToRequireGrad(Variable))
      return {};
    llvm::SmallVector<const Expr *, 4> Values = valuesFrom(Variable, At, Graphs, Index);
    llvm::erase_if(Values, [&](const Expr *Value) {
      return Value && llvm::is_contained(Active, stripValue(Value));
    });
    return ofAll(Values);
  }

  bool isToldToRequireGrad(const VarDecl *Variable) const {
    for (Op Name : {Op::requires_grad_, Op::set_requires_grad})
      for (const ProjectIndex::CallSite &Site : Index.callsNamed(nameOf(Name)))
        if (namedDecl(objectOf(Site.Call)) == Variable)
          return true;
    return false;
  }

  Answer ofCall(const CallExpr *Call) {
    Operation Called = operationOf(Call);
    const FunctionDecl *Callee = calleeOf(Call);
    if (!Callee || GraphSources::asksForGrad(Call) || Called.IsOut ||
        Called.Gives == ResultKind::Another || Called.Gives == ResultKind::Self)
      return {};
    auto Run = asModelRun(Call);
    bool IsLoss = isLossRun(Call);
    bool IsOperator = isa<CXXOperatorCallExpr>(Call) && isLibTorchDecl(Callee) && !Run;
    if (!Called && !IsOperator && !Run)
      return {};
    if (!Called.has(Creates) && endsGraph(Call))
      return {true, Call};
    // What is made anew has none where gradients are off.
    bool IsNew = IsOperator || Run || Called.alwaysCopies();
    if (const Stmt *Guard = IsNew ? guardOver(Call) : nullptr)
      return {true, Guard, true};
    if (Called.has(Creates))
      return {true};
    return Run && !IsLoss ? Answer() : ofAll(tensorsOf(Call));
  }

  static llvm::SmallVector<const Expr *, 4> tensorsOf(const CallExpr *Call) {
    llvm::SmallVector<const Expr *, 4> Found;
    auto Add = [&](const Expr *E) {
      if (E && holdsTensors(E->getType()))
        Found.push_back(E); // of which a list is unknown
    };
    if (!isLossRun(Call))
      Add(objectOf(Call));
    for (const Expr *Argument : writtenArguments(Call))
      Add(Argument);
    return Found;
  }

  const Stmt *guardOver(const Stmt *S) const {
    llvm::SmallVector<const Stmt *, 16> Parents;
    walkUp(S, Context, [&](const DynTypedNode &Above) {
      if (const auto *Outer = Above.get<Stmt>())
        Parents.insert(Parents.begin(), Outer);
      return true;
    });
    const FunctionDecl *Function = functionAround(S, Context);
    return Function && !maySwitchOn(Function->getBody()) ? noGradAround(S, Parents) : nullptr;
  }

  // `torch::AutoGradMode on(true);`, `GradMode::set_enabled(was)`
  static bool maySwitchOn(const Stmt *Code) {
    return anyDescendant<Expr>(Code, [](const Expr *E) {
      if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
        return gradGuardNamed(nameOf(Construct->getConstructor()->getParent())) ==
                   GuardWhen::False &&
               optionalBool(argumentFor(Construct, 0)) != false;
      const auto *Call = dyn_cast<CallExpr>(E);
      return calleeName(Call) == "set_enabled" && optionalBool(argumentFor(Call, 0)) != false;
    });
  }

  ControlFlowGraphs &Graphs;
  ASTContext &Context;
  const ProjectIndex &Index;
  llvm::SmallVector<const Expr *, 8> Active; // asked about on the way here
  unsigned Steps = 0;
};

} // namespace

void forEachGraphlessLoss(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                          llvm::function_ref<const ProjectIndex &()> Index,
                          llvm::function_ref<void(const GraphlessLoss &)> Visit) {
  forEach<CXXMemberCallExpr>(
      Function->getBody(),
      [&](const CXXMemberCallExpr *Call) {
        if (!asBackwardOfTensor(Call) || enclosing<CXXTryStmt>(Call, Graphs.context()))
          return;
        Graphless::Answer Found = Graphless(Graphs, Index()).of(objectOf(Call));
        if (Found.IsSure && Found.Cut)
          Visit({Call, Found.Cut, Found.IsOff});
      },
      LambdaBodies::Skip);
}

} // namespace torchtidy
