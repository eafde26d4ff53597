#include "model/hooks/HookRetention.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 10;

bool startsAnew(const Operation &Called) { return Called.has(CutsGraph) || Called.has(Creates); }

// Comparisons hand out booleans, which have no gradient.
bool isComparison(const CXXOperatorCallExpr *Operator) {
  return Operator->isComparisonOp() || Operator->getOperator() == OO_Exclaim ||
         Operator->getOperator() == OO_AmpAmp || Operator->getOperator() == OO_PipePipe;
}

// Follows a value back to the tensors that it holds.
class Carriers {
public:
  /// Starts with tensors that have a graph. OpsRecord: operators on them add to the graph (they do
  /// not in a backward without create_graph).
  Carriers(const HookBody &Body, bool OpsRecord, ASTContext &Context)
      : Body(Body), OpsRecord(OpsRecord), Context(Context) {}

  void add(const ValueDecl *Variable) { Known.insert(Variable); }
  bool empty() const { return Known.empty(); }

  /// The tensor expression in E that has a graph, or null; From receives the variable it comes
  /// from.
  const Expr *find(const Expr *E, const ValueDecl *&From, unsigned Depth = 0) const;

private:
  const Expr *findIn(llvm::iterator_range<CallExpr::const_arg_iterator> Arguments,
                     const ValueDecl *&From, unsigned Depth) const;
  const Expr *call(const CallExpr *Call, const ValueDecl *&From, unsigned Depth) const;

  const HookBody &Body;
  bool OpsRecord;
  ASTContext &Context;
  llvm::SmallPtrSet<const ValueDecl *, 8> Known;
};

const Expr *Carriers::findIn(llvm::iterator_range<CallExpr::const_arg_iterator> Arguments,
                             const ValueDecl *&From, unsigned Depth) const {
  for (const Expr *Argument : Arguments)
    if (const Expr *Found = find(Argument, From, Depth + 1))
      return Found;
  return nullptr;
}

const Expr *Carriers::find(const Expr *E, const ValueDecl *&From, unsigned Depth) const {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return nullptr;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (Known.contains(Ref->getDecl())) {
      From = Ref->getDecl();
      return E;
    }
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    // auto t = out.mean(); store = t;
    bool IsLocal = Variable && Body.declares(Variable) && holdsTensor(Variable->getType());
    return IsLocal && find(initialiserOf(Variable), From, Depth + 1) ? E : nullptr;
  }
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return find(Cast->getSubExpr(), From, Depth + 1);
  if (const auto *Conditional = dyn_cast<ConditionalOperator>(E)) {
    const Expr *True = find(Conditional->getTrueExpr(), From, Depth + 1);
    const ValueDecl *OtherFrom = nullptr;
    const Expr *False = find(Conditional->getFalseExpr(), OtherFrom, Depth + 1);
    if (!True)
      From = OtherFrom;
    return True && False && isTensorType(E->getType()) ? E : True ? True : False;
  }
  if (const auto *List = dyn_cast<InitListExpr>(E)) {
    for (const Expr *Init : List->inits())
      if (const Expr *Found = find(Init, From, Depth + 1))
        return Found;
    return nullptr;
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    if (!holdsTensor(E->getType()))
      return nullptr;
    for (const Expr *Argument : Construct->arguments())
      if (const Expr *Found = find(Argument, From, Depth + 1))
        return Found;
    return nullptr;
  }
  if (const auto *List = dyn_cast<CXXStdInitializerListExpr>(E))
    return find(List->getSubExpr(), From, Depth + 1);
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return holdsTensor(E->getType()) ? find(Member->getBase(), From, Depth + 1) : nullptr;
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return call(Call, From, Depth);
  return nullptr;
}

const Expr *Carriers::call(const CallExpr *Call, const ValueDecl *&From, unsigned Depth) const {
  if (!holdsTensor(Call->getType()))
    return nullptr;
  const Expr *Object = nullptr;
  bool IsOperator = false;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    Object = Operator->getArg(0);
    IsOperator = true;
  } else if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call)) {
    Object = Method->getImplicitObjectArgument();
  }
  bool OnTensor = Object && isTensorType(Object->getType());
  if (Object && !OnTensor && holdsTensor(Object->getType())) {
    // An element of a container, an IValue's tensor, a record function's inputs.
    const Expr *Found = find(Object, From, Depth + 1);
    return Found ? (isTensorType(Call->getType()) ? Call : Found) : nullptr;
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee)
    return nullptr;
  if (!OnTensor && !IsOperator && Callee->isInStdNamespace()) {
    // make_pair(name, out), get<0>(outs), move(out)
    const Expr *Found = findIn(Call->arguments(), From, Depth);
    return Found && isTensorType(Call->getType()) ? Call : Found;
  }
  // What is left are operators on tensors: they carry a graph if they record one.
  if (!OnTensor && !isLibTorchDecl(Callee))
    return nullptr;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
      Operator && isComparison(Operator))
    return nullptr;
  if (startsAnew(operationNamed(calleeName(Call))) || !OpsRecord || isUnderNoGrad(Call, Context))
    return nullptr;
  bool Carries = (OnTensor && !IsOperator && find(Object, From, Depth + 1)) ||
                 findIn(Call->arguments(), From, Depth);
  return Carries ? Call : nullptr;
}

const Stmt *bodyOf(const FunctionDecl *Function) {
  return Function && Function->hasBody() ? Function->getBody() : nullptr;
}

// Used outside of the hook in a function that runs backward, for more than looking at it: kept with
// its graph on purpose, as a feature that goes into a loss.
bool feedsLoss(const ValueDecl *Root, const HookSite &Site, const HookBody &Hook) {
  const Stmt *Body = bodyOf(Site.Enclosing);
  if (!Root || !Body)
    return false;
  bool RunsBackward = false, Used = false;
  auto Walk = [&](auto &&Self, const Stmt *S, bool InOperator) -> void {
    if (!S || S == Hook.Lambda)
      return;
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      Operation Called = operationNamed(calleeName(Call));
      RunsBackward |= Called.is(Op::backward);
      const FunctionDecl *Callee = Call->getDirectCallee();
      InOperator |= Callee && isTensorType(Call->getType()) && !Called.has(CutsGraph);
    }
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
      Used |= InOperator && Ref->getDecl() == Root;
    for (const Stmt *Child : S->children())
      Self(Self, Child, InOperator);
  };
  Walk(Walk, Body, false);
  return RunsBackward && Used;
}

// Does the value of a tensor expression hang on a graph? Only what is in view counts: a result of a
// module call, or of operators on a parameter or on a leaf that was made to require a gradient. A
// mask or a batch of data has no graph.
class GraphEvidence {
public:
  explicit GraphEvidence(const FunctionDecl *Function) : Function(Function) {}

  bool hasGraph(const Expr *E, unsigned Depth = 0) const;

private:
  bool wantsGradient(const Expr *E, unsigned Depth) const;
  bool variableHasGraph(const VarDecl *Variable, unsigned Depth) const;

  const FunctionDecl *Function;
};

bool asksForGradient(const Stmt *Init) {
  return anyDescendant<CallExpr>(Init, [](const CallExpr *Call) {
    Operation Called = operationNamed(calleeName(Call));
    return Called.is(Op::requires_grad) || Called.setsRequiresGrad();
  });
}

bool GraphEvidence::wantsGradient(const Expr *E, unsigned Depth) const {
  if (hasGraph(E, Depth))
    return true;
  E = stripValue(E);
  if (const FieldDecl *Field = namedField(E))
    return isModuleClass(dyn_cast<CXXRecordDecl>(Field->getParent())) &&
           (Field->getName() == "weight" || Field->getName() == "bias");
  return asksForGradient(initialiserOf(E));
}

bool GraphEvidence::variableHasGraph(const VarDecl *Variable, unsigned Depth) const {
  if (hasGraph(initialiserOf(Variable), Depth + 1))
    return true;
  return Function && anyDescendant<CXXOperatorCallExpr>(
                         Function->getBody(), [&](const CXXOperatorCallExpr *Call) {
                           auto Assign = asPlainAssignment(Call);
                           return Assign && namedVariable(Assign->Target) == Variable &&
                                  hasGraph(Assign->Value, Depth + 5);
                         });
}

bool GraphEvidence::hasGraph(const Expr *E, unsigned Depth) const {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return false;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    return Variable && !isa<ParmVarDecl>(Variable) && variableHasGraph(Variable, Depth);
  }
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call || !isTensorType(Call->getType()))
    return false;
  if (isModuleCall(Call))
    return true;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
      Operator && isComparison(Operator))
    return false;
  Operation Called = operationNamed(calleeName(Call));
  if (startsAnew(Called) || Called.setsRequiresGrad())
    return false;
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
    if (wantsGradient(Method->getImplicitObjectArgument(), Depth + 1))
      return true;
  for (const Expr *Argument : Call->arguments())
    if (isTensorType(Argument->getType()) && wantsGradient(Argument, Depth + 1))
      return true;
  return false;
}

bool hasGraph(const Expr *Source, const HookSite &Site, ASTContext &Context) {
  return Source && isTensorType(Source->getType()) && !isUnderNoGrad(Site.Call, Context) &&
         GraphEvidence(Site.Enclosing).hasGraph(Source);
}

} // namespace

llvm::SmallVector<RetainedGraph, 2> retainedGraphs(const HookSite &Site, const HookBody &Body,
                                                   HookFacts &Hooks) {
  ASTContext &Context = Hooks.context();
  llvm::SmallVector<RetainedGraph, 2> Result;
  if (isUnderNoGrad(Site.Call, Context))
    return Result;
  llvm::SmallVector<HookStore, 4> Stores = lastingStores(Body, Context);
  if (Stores.empty())
    return Result;
  bool Backward =
      Site.Kind == HookKind::Tensor || Site.Kind == HookKind::Node ||
      Site.Kind == HookKind::Distributed ||
      (Site.Kind == HookKind::Module && calleeName(Site.Call).contains(nameOf(Op::backward)));
  const Stmt *CreateGraph = Backward ? Hooks.createsGraph(Site) : nullptr;

  Carriers Arguments(Body, true, Context);
  if (!Backward || CreateGraph)
    for (const ParmVarDecl *Parameter : Body.Function->parameters())
      if (holdsTensor(Parameter->getType()))
        Arguments.add(Parameter);
  Carriers Captured(Body, false, Context);
  for (const HookCapture &Capture : Body.Captures)
    if (Capture.Variable && hasGraph(Capture.Source, Site, Context))
      Captured.add(Capture.Variable);

  for (const HookStore &Store : Stores) {
    RetainedGraph Retained;
    Retained.Store = Store;
    Retained.CreateGraphAt = CreateGraph;
    Retained.Why = CreateGraph ? RetainedGraph::CreateGraph : RetainedGraph::Argument;
    Retained.Tensor = Arguments.find(Store.Value, Retained.From);
    if (!Retained.Tensor) {
      Retained.Why = RetainedGraph::Captured;
      Retained.Tensor = Captured.find(Store.Value, Retained.From);
    }
    if (Retained.Tensor && !feedsLoss(Store.Root, Site, Body))
      Result.push_back(Retained);
  }
  return Result;
}

llvm::SmallVector<HookCapture, 2> heldGraphs(const HookSite &Site, const HookBody &Body,
                                             ASTContext &Context) {
  llvm::SmallVector<HookCapture, 2> Result;
  for (const HookCapture &Capture : Body.Captures)
    if (Capture.ByValue && Capture.Source && hasGraph(Capture.Source, Site, Context))
      Result.push_back(Capture);
  return Result;
}

} // namespace torchtidy
