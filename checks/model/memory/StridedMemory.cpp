#include "model/memory/StridedMemory.h"
#include "model/memory/LayoutQuestions.h"
#include "model/memory/MemoryOrder.h"
#include "model/memory/SpelledSizes.h"
#include "model/paths/Flags.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 10, MaxSteps = 300;
constexpr int64_t CudaDevice = 1;

bool reorders(const Operation &Called) {
  return Called.isOneOf({Op::t, Op::transpose, Op::permute, Op::swapaxes, Op::swapdims, Op::movedim,
                         Op::moveaxis, Op::numpy_T, Op::mT, Op::mH, Op::adjoint});
}

class LayoutReader {
public:
  LayoutReader(const FunctionDecl *Body, const FunctionPaths &Paths, ASTContext &Context)
      : Body(Body), Paths(Paths), Context(Context) {}

  /// Of the value of \p E where \p At reads it.
  Layout readBy(const Expr *E, const Stmt *At) {
    Decided = flagsAt(At, Body, Context);
    Passed = guardsAt(At, Context);
    Steps = 0;
    return of(E, At);
  }

private:
  // Of the value of \p E where \p At is evaluated.
  Layout of(const Expr *E, const Stmt *At, unsigned Depth = 0) const {
    E = stripValue(E);
    if (!E || Depth > MaxDepth || ++Steps > MaxSteps)
      return {};
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
      return ofOperator(Operator, At, Depth);
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return ofOperation(Call, At, Depth);
    const VarDecl *Variable = namedVariable(E);
    return Variable && Variable->isLocalVarDeclOrParm() &&
                   !Variable->getType()->isReferenceType() && Variable->getDeclContext() == Body &&
                   !asksStrides(Body, Variable) && !mayBeReplaced(Body, Variable)
               ? ofVariable(Variable, At, Depth)
               : Layout();
  }

  // The branches that give \p Variable a value between \p From and \p At and were not taken,
  // although every way leads past them: `if (gpu) t = t.cpu();`.
  Guards deniedBetween(const Stmt *From, const Stmt *At, const VarDecl *Variable) const {
    Guards Denied, Around = guardsAt(From, Context);
    for (const Guard &Each : guardsAt(At, Context))
      Around.push_back(Each);
    forEach<Expr>(Body->getBody(), [&](const Expr *Store) {
      if (!assigns(Store, Variable))
        return;
      Guards Between = guardsAt(Store, Context);
      llvm::erase_if(Between, [&](const Guard &Each) {
        return llvm::any_of(Around,
                            [&](const Guard &Other) { return Other.Branch == Each.Branch; });
      });
      if (Between.size() != 1)
        return;
      const Guard &Last = Between.front();
      auto Stops = [&](const Stmt *S) {
        return assigns(S, Variable) || contains(Last.Condition, S);
      };
      if (!Paths.findAfter(From, [&](const Stmt *S) { return S == At; }, Stops))
        Denied.push_back(Last);
    });
    return Denied;
  }

  // No run takes both.
  bool areOpposed(const Guards &A, const Guards &B) const {
    return llvm::any_of(A, [&](const Guard &One) {
      return llvm::any_of(B, [&](const Guard &Other) { return areOpposite(One, Other, Context); });
    });
  }

  // Whatever let the value through would also have let a branch run that puts it right.
  bool areAtOdds(const Guards &Through, const Guards &Denied) const {
    return llvm::any_of(Through, [&](const Guard &One) {
      return llvm::any_of(Denied,
                          [&](const Guard &Other) { return mayImply(One, Other, Context); });
    });
  }

  // What some store that reaches the place gave it.
  Layout ofVariable(const VarDecl *Variable, const Stmt *At, unsigned Depth) const {
    auto IsAssigned = [&](const Stmt *S) { return assigns(S, Variable); };
    auto IsPlace = [&](const Stmt *S) { return S == At; };
    Layout Found;
    auto Try = [&](const Expr *Value, const Stmt *From) {
      Flags Here = flagsAt(From, Body, Context);
      if (Found || !Value || contradict(Here, Decided) ||
          !Paths.findAfter(From, IsPlace, IsAssigned))
        return;
      Guards Through = guardsAt(From, Context), Missed = deniedBetween(From, At, Variable);
      if (areOpposed(Through, Passed) || areAtOdds(Through, Denied) || areAtOdds(Through, Missed) ||
          areAtOdds(Passed, Missed))
        return;
      size_t Flags = Decided.size(), Ways = Passed.size(), Others = Denied.size();
      Decided.append(Here);
      Passed.append(Through);
      Denied.append(Missed);
      Found = of(Value, stripValue(Value), Depth + 1);
      Decided.truncate(Flags);
      Passed.truncate(Ways);
      Denied.truncate(Others);
      if (Found)
        Found.Stored = Value;
    };
    // What the caller gives a parameter is not in view; a default argument is one of many.
    if (const Expr *Init = isa<ParmVarDecl>(Variable) ? nullptr : Variable->getInit())
      Try(Init, stripValue(Init));
    forEach<Expr>(Body->getBody(), [&](const Expr *E) {
      if (IsAssigned(E))
        Try(asPlainAssignment(E)->Value, E);
    });
    return Found.Is == Layout::OnDevice && asksDevice(Body, Variable) ? Layout() : Found;
  }

  Layout ofOperator(const CXXOperatorCallExpr *Operator, const Stmt *At, unsigned Depth) const {
    if (!isLibTorchDecl(Operator->getDirectCallee()) || !isTensorType(Operator->getType()))
      return {};
    Layout Left = of(Operator->getArg(0), At, Depth + 1);
    if (asOperator(Operator, OO_Subscript) || Operator->getNumArgs() == 1)
      return Left;
    bool IsScalar = !isTensorType(Operator->getArg(1)->getType()) && !asPlainAssignment(Operator);
    return IsScalar || Left.Is == Layout::OnDevice ? Left : Layout();
  }

  Layout ofOperation(const CallExpr *Call, const Stmt *At, unsigned Depth) const {
    Operation Called = operationOf(Call);
    if (!Called || !isTensorType(Call->getType()))
      return {};
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Call);
    const Expr *Object = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr;
    if (!Object && !Arguments.empty() && isTensorType(Arguments[0]->getType())) {
      Object = Arguments[0];
      Arguments = Arguments.drop_front();
    }
    if (Called.has(Creates))
      return onDevice(Arguments) == CudaDevice ? Layout{Layout::OnDevice, Call, nullptr} : Layout();
    if (!Object)
      return {};
    Layout Before = of(Object, At, Depth + 1);
    if (!Before && reorders(Called) && isOfUnknownOrder(Object, Call))
      return {};
    if (Called.has(Converts))
      return converted(Call, Called, Arguments, Before);
    if (Before.Is == Layout::OnDevice)
      return Before;
    Layout After = reshaped(Call, Called, Arguments, Before);
    if (After.Maker != Call)
      return After;
    return keepsOnePiece(Call, Called, Arguments, Object) ? Before : After;
  }

  // Dimensions of one index do not part the elements, whatever is picked or moved: a batch of one.
  bool keepsOnePiece(const CallExpr *Call, const Operation &Called,
                     llvm::ArrayRef<const Expr *> Arguments, const Expr *Object) const {
    bool IsPicked = Called.isOneOf({Op::select, Op::narrow, Op::slice, Op::index});
    if (!IsPicked && !reorders(Called))
      return false;
    std::optional<SpelledSizes> Sizes = spelledSizes(Object, Body, Context);
    if (!Sizes)
      return IsPicked && isOfUnknownSizes(Object);
    if (reorders(Called))
      return movesOnesAlone(Call, *Sizes, Context);
    if (Called.is(Op::slice) && writtenArguments(Arguments).size() >= 4)
      return false;
    std::optional<int64_t> Dimension =
        Called.is(Op::index) ? pickedDimension(writtenArguments(Arguments), Sizes->size())
                             : integerConstant(Arguments[0], Context);
    return Dimension && liesInOnePiece(*Sizes, *Dimension);
  }

  // What a model, a function of the project or a member gives has sizes that do not show; most
  // often its batch is one.
  bool isOfUnknownSizes(const Expr *E, unsigned Depth = 0) const {
    E = stripValue(E);
    if (!E || Depth > MaxDepth)
      return false;
    if (isa<MemberExpr>(E))
      return true;
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      if (asModelRun(Call))
        return true;
      if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call))
        return !isTensorType(Operator->getArg(0)->getType()) &&
               isOfUnknownSizes(Operator->getArg(0), Depth + 1);
      const Expr *Object = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr;
      if (!isLibTorchDecl(calleeOf(Call)) && !isStdDecl(calleeOf(Call)))
        return true;
      return Object && isOfUnknownSizes(Object, Depth + 1);
    }
    const VarDecl *Variable = namedVariable(E);
    if (!Variable || !Variable->isLocalVarDecl())
      return false;
    return (Variable->getInit() && isOfUnknownSizes(Variable->getInit(), Depth + 1)) ||
           anyDescendant<Expr>(Body->getBody(), [&](const Expr *Store) {
             return assigns(Store, Variable) &&
                    namedVariable(asPlainAssignment(Store)->Value) != Variable &&
                    isOfUnknownSizes(asPlainAssignment(Store)->Value, Depth + MaxDepth / 3);
           });
  }

  // The project keeps or makes it elsewhere: it may lie reordered there, and in order after this.
  bool isOfUnknownOrder(const Expr *E, const Stmt *At, unsigned Depth = 0) const {
    E = stripValue(E);
    if (!E || Depth > MaxDepth || ++Steps > MaxSteps || isa<MemberExpr>(E))
      return true;
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      Operation Called = operationOf(Call);
      if (Called.is(Op::contiguous) && writtenArguments(Call).empty())
        return false; // in order, wherever it comes from
      if (isToldMemoryFormat(Call) || mayKeepReordered(Call, At, Depth))
        return true;
      if (!isLibTorchDecl(calleeOf(Call)))
        return !asModelRun(Call);
      const Expr *Object = objectOf(Call);
      bool Hands = Called.mayView() || Called.has(Converts) || Called.has(KeepsOrder) ||
                   Called.is(Op::clone) || isa<CXXOperatorCallExpr>(Call);
      bool IsOfTensor = Object && isTensorType(Object->getType());
      return IsOfTensor && Hands && isOfUnknownOrder(Object, At, Depth + 1);
    }
    const VarDecl *Variable = namedVariable(E);
    if (!Variable || !Variable->isLocalVarDeclOrParm() || !isTensorType(Variable->getType()))
      return false;
    const Expr *Init = Variable->isLocalVarDecl() ? Variable->getInit() : nullptr;
    if (Init && isOfUnknownOrder(Init, stripValue(Init), Depth + 1))
      return true;
    return anyDescendant<Expr>(Body->getBody(), [&](const Expr *Store) {
      if (!assigns(Store, Variable))
        return false;
      const Expr *Value = stripValue(asPlainAssignment(Store)->Value);
      const auto *Call = dyn_cast<CallExpr>(Value);
      return Call && (isToldMemoryFormat(Call) || mayKeepReordered(Call, Call, Depth + 1));
    });
  }

  // Convolutions, pooling and interpolation give what is reordered as channels last in that order
  // again.
  bool mayKeepReordered(const CallExpr *Call, const Stmt *At, unsigned Depth) const {
    bool IsRun = asModelRun(Call).has_value();
    Operation Called = operationOf(Call);
    bool IsComputed = Called ? Called.alwaysCopies() && !Called.has(Creates)
                             : isLibTorchDecl(calleeOf(Call)) && !isa<CXXMemberCallExpr>(Call);
    if (!IsRun && !IsComputed)
      return false;
    return llvm::any_of(argumentsOf(Call), [&](const Expr *Argument) {
      return anyDescendant<Expr>(Argument, [&](const Expr *Part) {
        return isa<DeclRefExpr, CallExpr>(Part) && isTensorType(Part->getType()) &&
               (of(Part, At, Depth + 1).Is == Layout::Reordered ||
                (!Called && isOfUnknownOrder(Part, At, Depth + 1)));
      });
    });
  }

  std::optional<int64_t> onDevice(llvm::ArrayRef<const Expr *> Arguments) const {
    for (const Expr *Argument : writtenArguments(Arguments))
      if (Spoken Device = deviceIn(Argument, Context); Device.IsNamed)
        return Device.Value;
    return std::nullopt;
  }

  Layout converted(const CallExpr *Call, const Operation &Called,
                   llvm::ArrayRef<const Expr *> Arguments, Layout Before) const {
    if (Called.is(Op::cuda) || (Called.is(Op::to) && onDevice(Arguments) == CudaDevice))
      return {Layout::OnDevice, Call, nullptr};
    // A copy keeps the order, unless it is told another; whether a slice is copied is not known.
    bool Keeps = Called.is(Op::cpu) || Called.is(Op::to) || Called.is(Op::toType);
    if (Before.Is == Layout::OnDevice)
      return Keeps && !Called.is(Op::cpu) && saysDTypeAlone(Arguments) ? Before : Layout();
    return Keeps && Before.Is == Layout::Reordered && writtenArguments(Arguments).size() < 4
               ? Before
               : Layout();
  }

  // `to(torch::kFloat)`: nothing about a device.
  bool saysDTypeAlone(llvm::ArrayRef<const Expr *> Arguments) const {
    llvm::ArrayRef<const Expr *> Written = writtenArguments(Arguments);
    return Written.size() == 1 && dtypeIn(Written[0], Context).IsNamed &&
           !deviceIn(Written[0], Context).IsNamed && !Written[0]->getType()->isRecordType();
  }

  Layout reshaped(const CallExpr *Call, const Operation &Called,
                  llvm::ArrayRef<const Expr *> Arguments, Layout Before) const {
    llvm::ArrayRef<const Expr *> Written = writtenArguments(Arguments);
    auto Number = [&](unsigned I) {
      return I < Arguments.size() ? integerConstant(Arguments[I], Context) : std::nullopt;
    };
    Layout Skips{Layout::Skipping, Call, nullptr};
    if (reorders(Called)) // a second one may put them back in order
      return Before ? Layout() : Layout{Layout::Reordered, Call, nullptr};
    switch (Called.Name) {
    case Op::expand:
      return keepsSizes(Call) ? Before : Skips;
    case Op::expand_as:
    case Op::broadcast_to:
    case Op::diagonal:
      return Skips;
    case Op::unfold: // frames one behind the other, of one dimension
      return Number(1) && Number(1) == Number(2) && hasOneDimension(Call) ? Before : Skips;
    case Op::select:
    case Op::narrow:
      return Number(0) && *Number(0) != 0 && (*Number(0) > 0 || Called.is(Op::select)) ? Skips
                                                                                       : Before;
    case Op::slice:
      if (Written.size() <= 2 &&
          (Written.size() < 2 || integerConstant(madeFrom(Written[1]), Context) == 0))
        return Before; // all of it
      return (Number(0) && *Number(0) > 0) || (Written.size() >= 4 && Number(3).value_or(1) > 1)
                 ? Skips
                 : Before;
    case Op::index:
      return skipsByIndex(Written) ? Skips : Layout();
    case Op::clone:
      return Before.Is == Layout::Reordered && Written.empty() ? Before : Layout();
    default:
      break;
    }
    bool IsAlone = llvm::none_of(
        Written, [](const Expr *Argument) { return isTensorType(Argument->getType()); });
    if (Called.Gives == ResultKind::Self && !Called.has(KeepsValues) && !Called.has(SetsProperty))
      return Before;
    // What is computed from a slice lies in order, a view of one does not.
    bool Keeps =
        Called.has(KeepsOrder) && IsAlone && (Called.isView() || Before.Is == Layout::Reordered);
    return Keeps ? Before : Layout();
  }

  // `torch::rand({3, 4}).expand({3, 4})`
  bool keepsSizes(const CallExpr *Call) const {
    const Expr *Object = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr;
    std::optional<SpelledSizes> Sizes = spelledSizes(Object, Body, Context);
    const InitListExpr *Told = Object ? listIn(writtenArguments(Call)[0]) : nullptr;
    return Sizes && Told && Told->getNumInits() == Sizes->size() &&
           llvm::all_of(llvm::zip(Told->inits(), *Sizes), [&](auto Pair) {
             return std::get<1>(Pair) &&
                    integerConstant(std::get<0>(Pair), Context) == std::get<1>(Pair);
           });
  }
  bool hasOneDimension(const CallExpr *Call) const {
    std::optional<SpelledSizes> Sizes =
        spelledSizes(isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr, Body, Context);
    return Sizes && Sizes->size() == 1;
  }

  // What an index of index() is made from.
  static const Expr *madeFrom(const Expr *Index) {
    const Expr *E = stripValue(Index);
    while (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
      if (Construct->getNumArgs() == 0 ||
          nameOf(Construct->getConstructor()->getParent()) == "Slice")
        break;
      E = stripValue(Construct->getArg(0));
    }
    return E;
  }

  static const InitListExpr *indexList(llvm::ArrayRef<const Expr *> Written) {
    for (const Expr *Argument : Written)
      if (const InitListExpr *List = listIn(Argument))
        return List;
    return nullptr;
  }

  // The last dimension that `index({Slice(), 0})` picks a number of: those before it are whole.
  static std::optional<int64_t> pickedDimension(llvm::ArrayRef<const Expr *> Written,
                                                int64_t Count) {
    const InitListExpr *List = indexList(Written);
    if (!List)
      return std::nullopt;
    int64_t Last = -1, Skipped = 0;
    for (auto [I, Index] : llvm::enumerate(List->inits())) {
      const Expr *Made = madeFrom(Index);
      if (Made->getType()->isArrayType()) // "..."
        Skipped = Count - int64_t(List->getNumInits());
      else if (Made->getType()->isIntegerType())
        Last = int64_t(I) + Skipped;
    }
    return Last >= 0 ? std::optional(Last) : std::nullopt;
  }

  // `index({Slice(), 0})`, `index({"...", 0})`
  static bool skipsByIndex(llvm::ArrayRef<const Expr *> Written) {
    const InitListExpr *List = indexList(Written);
    if (!List || List->getNumInits() < 2 ||
        anyDescendant<Expr>(List, [](const Expr *E) { return isTensorType(E->getType()); }))
      return false;
    const Expr *First = madeFrom(List->getInit(0));
    const auto *Slice = dyn_cast<CXXConstructExpr>(First);
    bool IsAll = (Slice && nameOf(Slice->getConstructor()->getParent()) == "Slice" &&
                  writtenArguments(Slice).empty()) ||
                 First->getType()->isArrayType();
    return IsAll && llvm::any_of(llvm::drop_begin(List->inits()), [&](const Expr *Index) {
             return madeFrom(Index)->getType()->isIntegerType();
           });
  }

  const FunctionDecl *Body;
  const FunctionPaths &Paths;
  ASTContext &Context;
  // On the way from the read back to where we are: what was decided, the branches that were taken,
  // and those that were not.
  mutable Flags Decided;
  mutable Guards Passed, Denied;
  mutable unsigned Steps = 0;
};

} // namespace

Layout layoutAt(const Expr *E, const Stmt *At, const FunctionDecl *Body,
                ControlFlowGraphs &Graphs) {
  const FunctionPaths *Paths = Graphs.of(Body);
  return Paths ? LayoutReader(Body, *Paths, Graphs.context()).readBy(E, At) : Layout();
}

bool reordersOrSkips(const Operation &Called) {
  return reorders(Called) ||
         Called.isOneOf({Op::expand, Op::expand_as, Op::broadcast_to, Op::diagonal, Op::unfold,
                         Op::select, Op::narrow, Op::slice, Op::index, Op::as_strided, Op::chunk,
                         Op::split, Op::unbind});
}

} // namespace torchtidy
