#include "model/training/RetainedGraphs.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Loops.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/GraphSources.h"
#include "model/training/ParameterLists.h"
#include "model/training/TensorFlow.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr int64_t FewRounds = 16;

bool isListOfTensors(QualType Type) { return holdsTensors(Type) && !isTensorType(Type); }

// \p E names \p D, or a local that was computed from it: `auto out = net(x, state)`.
bool dependsOn(const Expr *E, const ValueDecl *D, unsigned Depth = 0) {
  if (Depth > 3)
    return false;
  return mentions(E, D) || anyDescendant<DeclRefExpr>(E, [&](const DeclRefExpr *Ref) {
           const ValueDecl *Named = Ref->getDecl();
           if (const auto *Binding = dyn_cast<BindingDecl>(Named))
             Named = dyn_cast_or_null<VarDecl>(Binding->getDecomposedDecl());
           const auto *Local = dyn_cast_or_null<VarDecl>(Named);
           return Local && Local != D && Local->isLocalVarDecl() && Local->hasInit() &&
                  !Local->getType()->isArithmeticType() &&
                  dependsOn(Local->getInit(), D, Depth + 1);
         });
}

// --- candidates ----------------------------------------------------------------------------------

// `ring[i % 4]`
bool wrapsRound(const Expr *Element) {
  return anyDescendant<BinaryOperator>(
      Element, [](const BinaryOperator *Index) { return Index->getOpcode() == BO_Rem; });
}

// What \p E takes up into which name, whatever it is.
std::optional<RetainedGraph> takesUp(const Expr *E) {
  if (auto Assign = asAssignment(E)) {
    const Expr *Target = stripValue(Assign->Target);
    if (const CallExpr *Tie = asTie(Target)) {
      for (const Expr *Each : Tie->arguments())
        if (const ValueDecl *D = namedDecl(Each); D && dependsOn(Assign->Value, D))
          return RetainedGraph{RetainedGraph::FedBack, E, Assign->Value, D};
      return std::nullopt;
    }
    const ValueDecl *Keeper = namedDecl(Target);
    if (Keeper && isTensorType(Keeper->getType())) {
      if (Assign->IsCompound)
        return RetainedGraph{RetainedGraph::Summed, E, Assign->Value, Keeper};
      if (const CXXOperatorCallExpr *Sum = asOperator(stripValue(Assign->Value), OO_Plus))
        for (unsigned I : {0u, 1u}) // total = total + loss
          if (namedDecl(Sum->getArg(I)) == Keeper)
            return RetainedGraph{RetainedGraph::Summed, E, Sum->getArg(1 - I), Keeper};
      if (dependsOn(Assign->Value, Keeper))
        return RetainedGraph{RetainedGraph::FedBack, E, Assign->Value, Keeper};
      return std::nullopt;
    }
    // outputs[i] = net(x)
    const ValueDecl *Container = namedDecl(stripSubscripts(Target));
    if (Container != Keeper && Container && isListOfTensors(Container->getType()) &&
        isTensorType(Target->getType()) && !wrapsRound(Target))
      return RetainedGraph{RetainedGraph::Stored, E, Assign->Value, Container};
    return std::nullopt;
  }
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  const ValueDecl *Object = namedDecl(objectOf(Call));
  if (!Call || !Object || writtenArguments(Call).empty())
    return std::nullopt;
  const Expr *Value = writtenArguments(Call).back();
  if (isFiller(calleeName(Call)) && isStdDecl(Call->getDirectCallee()) &&
      isListOfTensors(Object->getType()))
    return RetainedGraph{RetainedGraph::Stored, E, Value, Object};
  if (operationOf(Call).is(Op::add_) && isTensorType(Object->getType()))
    return RetainedGraph{RetainedGraph::Summed, E, argumentFor(Call, 0), Object};
  return std::nullopt;
}

// --- rounds --------------------------------------------------------------------------------------

bool renewsEachRound(const Stmt *Loop, const ValueDecl *D) {
  const auto *Range = dyn_cast<CXXForRangeStmt>(Loop);
  return (Range && Range->getLoopVariable() == D) ||
         anyDescendant<DeclStmt>(Loop, [&](const DeclStmt *S) { return declares(S, D); });
}

// `i < 4`; `for (double scale : {0.5, 1.0})`
bool isShort(const Stmt *Loop, ASTContext &Context) {
  if (const auto *Range = dyn_cast<CXXForRangeStmt>(Loop)) {
    const Expr *All = Range->getRangeInit();
    const InitListExpr *List = listIn(All);
    if (const VarDecl *Named = List ? nullptr : namedVariable(All))
      List = Named->hasInit() ? listIn(Named->getInit()) : nullptr;
    return List && List->getNumInits() <= FewRounds;
  }
  const auto *For = dyn_cast<ForStmt>(Loop);
  const auto *Test = For ? dyn_cast_or_null<BinaryOperator>(For->getCond()) : nullptr;
  std::optional<int64_t> Rounds = Test ? integerConstant(Test->getRHS(), Context) : std::nullopt;
  return Rounds && *Rounds >= 0 && *Rounds <= FewRounds;
}

// The innermost loop around \p E in its own function that does not declare \p Keeper.
const Stmt *roundsOf(const Expr *E, const ValueDecl *Keeper, ASTContext &Context) {
  const Stmt *Found = loopAround(E, Context);
  bool IsOutside = Found && !renewsEachRound(Found, Keeper) && !isShort(Found, Context);
  return IsOutside ? Found : nullptr;
}

// `j < 4`, where \p Branch counts `j` on; `kept.size() < 8`.
bool countsOut(const Expr *Condition, const Stmt *Branch, const Stmt *Loop, const ValueDecl *Keeper,
               ASTContext &Context) {
  const auto *Test = dyn_cast<BinaryOperator>(Condition->IgnoreParenImpCasts());
  if (Test && Test->getOpcode() == BO_LAnd)
    return countsOut(Test->getLHS(), Branch, Loop, Keeper, Context) ||
           countsOut(Test->getRHS(), Branch, Loop, Keeper, Context);
  // `if (i == 0)`, `if (kept.empty())`: once
  if (const auto *Asked = dyn_cast<CXXMemberCallExpr>(Condition->IgnoreParenImpCasts()))
    return calleeName(Asked) == "empty" && namedDecl(objectOf(Asked)) == Keeper;
  if (Test && Test->getOpcode() == BO_EQ && Test->getLHS()->getType()->isIntegerType())
    return integerConstant(Test->getRHS(), Context).has_value();
  if (!Test || (Test->getOpcode() != BO_LT && Test->getOpcode() != BO_LE))
    return false;
  std::optional<int64_t> Most = integerConstant(Test->getRHS(), Context);
  if (!Most || *Most > FewRounds)
    return false;
  const Expr *Counted = stripValue(Test->getLHS()->IgnoreParenImpCasts());
  if (const auto *Size = dyn_cast<CXXMemberCallExpr>(Counted))
    return calleeName(Size) == "size" && namedDecl(objectOf(Size)) == Keeper;
  const VarDecl *Counter = namedVariable(Counted);
  auto CountsOn = [&](const Stmt *S) {
    return S && anyDescendant<UnaryOperator>(S, [&](const UnaryOperator *Step) {
             return Step->isIncrementOp() && namedVariable(Step->getSubExpr()) == Counter;
           });
  };
  const auto *For = dyn_cast_or_null<ForStmt>(Loop);
  return Counter && (CountsOn(Branch) || (For && CountsOn(For->getInc())));
}

// It is taken up a few times at most, however many rounds there are.
bool isTakenUpFewTimes(const RetainedGraph &Taken, const Stmt *Loop, ASTContext &Context) {
  bool Is = false;
  walkUp(Taken.At, Context, [&](const DynTypedNode &Above) {
    const auto *If = Above.get<IfStmt>();
    Is |= If && contains(If->getThen(), Taken.At) &&
          countsOut(If->getCond(), If->getThen(), Loop, Taken.Keeper, Context);
    return !Is && Above.get<Stmt>() != Loop;
  });
  return Is;
}

// `std::tie(output, state) = …`
bool mentionsTied(const Expr *Target, const ValueDecl *D) {
  const CallExpr *Tie = asTie(Target);
  return Tie && mentions(Tie, D);
}

// `if (!total.defined()) total = loss;`: once.
bool isFirstValue(const Expr *Assign, const ValueDecl *Keeper, ASTContext &Context) {
  const auto *If = enclosing<IfStmt>(Assign, Context);
  return If && anyDescendant<CallExpr>(If->getCond(), [&](const CallExpr *Call) {
           return operationOf(Call).is(Op::defined) && namedDecl(objectOf(Call)) == Keeper;
         });
}

// `flush(kept)` of code of the project, which may clear it; `std::move(kept)`, `fresh.swap(kept)`.
bool mayTakeAll(const CallExpr *Call, const ValueDecl *Keeper) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (isStdNamed(Callee, {"move", "exchange"}) || calleeName(Call) == "swap")
    return mentions(Call, Keeper);
  if (!Callee || isLibTorchDecl(Callee) || isStdDecl(Callee) || isa<CXXOperatorCallExpr>(Call))
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
    QualType Type = Parameter->getType();
    if (namedDecl(pointee(stripValue(Argument))) == Keeper &&
        (Type->isPointerType() ||
         (Type->isReferenceType() && !Type.getNonReferenceType().isConstQualified())))
      return true;
  }
  return false;
}

// The keeper is given up in each round: cleared, assigned anew, cut loose.
bool isRenewedIn(const Stmt *Loop, const RetainedGraph &Taken, ASTContext &Context,
                 unsigned Depth = 0) {
  return anyDescendant<Expr>(Loop, [&](const Expr *E) {
    if (E == Taken.At)
      return false;
    if (auto Assign = asPlainAssignment(E))
      return (namedDecl(Assign->Target) == Taken.Keeper &&
              !isFirstValue(E, Taken.Keeper, Context)) ||
             mentionsTied(Assign->Target, Taken.Keeper);
    const auto *AnyCall = dyn_cast<CallExpr>(E);
    if (AnyCall && mayTakeAll(AnyCall, Taken.Keeper))
      return true;
    // `flush();` of a lambda that clears it
    const FunctionDecl *Lambda = AnyCall ? AnyCall->getDirectCallee() : nullptr;
    if (Lambda && isLambdaBody(Lambda) && Depth < 2 &&
        isRenewedIn(Lambda->getBody(), Taken, Context, Depth + 1))
      return true;
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    const FunctionDecl *Method = visibleDefinition(calleeOf(Call));
    if (Method && Depth < 2 && isa<FieldDecl>(Taken.Keeper) && !isLibTorchDecl(Method) &&
        isRenewedIn(Method->getBody(), Taken, Context, Depth + 1))
      return true; // `meter.reset()`
    if (!Call || namedDecl(objectOf(Call)) != Taken.Keeper)
      return false;
    Operation Called = operationOf(Call);
    return Called.is(Op::detach_) || Called.is(Op::zero_) || Called.is(Op::reset) ||
           (changesContainer(calleeName(Call)) && !isFiller(calleeName(Call)));
  });
}

// --- the model -----------------------------------------------------------------------------------

// The same model runs in every round; `for (auto &layer : layers) x = layer(x)` is one network.
bool isOneModel(const Expr *Source, const Stmt *Loop) {
  auto Run = asModelRun(Source);
  ModulePath Path;
  return Run && modulePath(Run->Model, Path) && (!Path[0] || !renewsEachRound(Loop, Path[0]));
}

// \p At stands in \p Code or in a function in view that it calls.
bool runsIn(const Stmt *Code, const Expr *At, llvm::SmallPtrSetImpl<const FunctionDecl *> &Seen) {
  return contains(Code, At) || anyDescendant<CallExpr>(Code, [&](const CallExpr *Call) {
           const FunctionDecl *Definition = visibleDefinition(Call->getDirectCallee());
           return Definition && !isLibTorchDecl(Definition) && !isStdDecl(Definition) &&
                  Seen.insert(Definition).second && runsIn(Definition->getBody(), At, Seen);
         });
}

class Judge {
public:
  Judge(const FunctionDecl *Function, const ProjectIndex &Index, ASTContext &Context)
      : Function(Function), Index(Index), Context(Context), Sources(Index, Context), Calls(Index) {}

  /// Where a member is taken up once a call: the loop in view that calls \p Function, gradients on.
  const Stmt *loopAroundCalls() {
    for (const ProjectIndex::CallSite &Site : Index.callsOf(Function)) {
      const Stmt *Loop = Site.Call ? loopAround(Site.Call, Context) : nullptr;
      if (Loop && Site.In && !isUnderNoGrad(Site.Call, Context) &&
          (runsWithGrad(Site.In, Index) || trains(Site.In)))
        return Loop;
    }
    return nullptr;
  }

  /// The candidate keeps graphs; \p Taken is completed.
  bool keeps(RetainedGraph &Taken, const Stmt *Loop, bool IsCalledInLoop) {
    if (isUnderNoGrad(Taken.At, Context))
      return false;
    GraphSource Source = Sources.of(Taken.Value);
    if (!Source || Source.IsLeaf || !isOneModel(Source.At, Loop))
      return false;
    // Parts of one result share its graph: `for (…) boxes.push_back(predictions[i]);`
    llvm::SmallPtrSet<const FunctionDecl *, 16> Seen;
    if (Taken.Is == RetainedGraph::Stored && !runsIn(Loop, Source.At, Seen))
      return false;
    if (!IsCalledInLoop && !runsWithGrad(Function, Index) && !trains(Function))
      return false;
    TensorFate Fate = fateOf(Taken.Keeper, Index, Context);
    if (!Fate.endsHere() || (Fate.IsReturned && !callersAreInView()))
      return false;
    Taken.Source = Source.At;
    Taken.IsReturned = Fate.IsReturned;
    return true;
  }

private:
  bool trains(const FunctionDecl *By) const {
    return llvm::any_of(Calls.Backward, [&](const auto &Site) {
      return Site.In == By && !isUnderNoGrad(Site.Call, Context);
    });
  }
  // The whole program is here, or the function is this file's own, and nothing runs backward.
  bool callersAreInView() const {
    bool IsProgram =
        llvm::any_of(Index.functions(), [](const FunctionDecl *Each) { return Each->isMain(); });
    return Calls.Backward.empty() && (IsProgram || !Function->isExternallyVisible());
  }

  const FunctionDecl *Function;
  const ProjectIndex &Index;
  ASTContext &Context;
  GraphSources Sources;
  TrainingCalls Calls;
};

bool isOwnName(const ValueDecl *Keeper, const FunctionDecl *Innermost) {
  if (const auto *Variable = dyn_cast<VarDecl>(Keeper))
    return Variable->isLocalVarDeclOrParm() && !Variable->hasGlobalStorage() &&
           !Variable->getType()->isReferenceType() && Variable->getDeclContext() == Innermost;
  const auto *Field = dyn_cast<FieldDecl>(Keeper);
  return Field && isInMainFile(Field);
}

} // namespace

void forEachRetainedGraph(const FunctionDecl *Function, ASTContext &Context,
                          llvm::function_ref<const ProjectIndex &()> Index,
                          llvm::function_ref<void(const RetainedGraph &)> Visit) {
  // What a module computes is its caller's to keep.
  if (isModuleClass(enclosingClass(Function)))
    return;
  std::optional<Judge> Asked;
  llvm::SmallPtrSet<const ValueDecl *, 4> Reported;
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    auto Taken = takesUp(E);
    if (!Taken || Reported.contains(Taken->Keeper))
      return;
    if (!isOwnName(Taken->Keeper, innermostFunction(E, Context)))
      return;
    const Stmt *Loop = roundsOf(E, Taken->Keeper, Context);
    bool IsMember = isa<FieldDecl>(Taken->Keeper) && !loopAround(E, Context);
    if (!Loop && !IsMember)
      return;
    if (!Asked)
      Asked.emplace(Function, Index(), Context);
    if (!Loop) // once a call, of which there are many
      Loop = Asked->loopAroundCalls();
    if (!Loop || isRenewedIn(Loop, *Taken, Context) ||
        (!IsMember && isTakenUpFewTimes(*Taken, Loop, Context)) ||
        (IsMember && isRenewedIn(Function->getBody(), *Taken, Context)))
      return;
    if (Asked->keeps(*Taken, Loop, IsMember)) {
      Reported.insert(Taken->Keeper);
      Visit(*Taken);
    }
  });
}

} // namespace torchtidy
