#include "model/memory/KnownDTypes.h"
#include "model/memory/FactoryDTypes.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxSteps = 60;

// The tensor that an operation is called on, or given first.
const Expr *firstTensor(const CallExpr *Call) {
  const Expr *Object = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr;
  if (Object)
    return isTensorType(Object->getType()) ? Object : nullptr;
  const Expr *First = argumentFor(Call, 0);
  return First && isTensorType(First->getType()) ? First : nullptr;
}

// `x.sum(0, false, torch::kInt)`, `x.view(torch::kInt)`
bool namesDType(const CallExpr *Call, const Expr *But, const ASTContext &Context) {
  return llvm::any_of(writtenArguments(Call), [&](const Expr *Argument) {
    return Argument != But && !isTensorType(Argument->getType()) &&
           dtypeIn(Argument, Context).IsNamed;
  });
}

// What the function evaluates first; null where that is a condition of its own.
const Stmt *firstOf(const FunctionPaths &Paths) {
  const CFGBlock *Block = &Paths.graph().getEntry();
  for (unsigned I = 0; I < 4 && Block; ++I) {
    for (const CFGElement &Element : *Block)
      if (std::optional<CFGStmt> S = Element.getAs<CFGStmt>())
        return S->getStmt();
    Block = Block->succ_size() == 1 ? Block->succ_begin()->getReachableBlock() : nullptr;
  }
  return nullptr;
}

bool isComparison(OverloadedOperatorKind Kind) {
  return Kind == OO_EqualEqual || Kind == OO_ExclaimEqual || Kind == OO_Less ||
         Kind == OO_Greater || Kind == OO_LessEqual || Kind == OO_GreaterEqual;
}

} // namespace

std::optional<KnownDType> KnownDTypes::ofParameter(const Expr *Tensor, const Stmt *At,
                                                   const ParmVarDecl *Parameter,
                                                   const KnownDType &Passed) {
  Given = Parameter;
  GivenDType = Passed;
  Known Found = of(Tensor, At);
  Given = nullptr;
  return Found;
}

KnownDTypes::Known KnownDTypes::read(const Expr *E, const Stmt *At) {
  E = E ? stripValue(E) : nullptr;
  if (!E || ++Steps > MaxSteps)
    return std::nullopt;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return ofOperator(Operator);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return ofCall(Call);
  const ValueDecl *Name = namedDecl(E);
  return Name ? ofName(Name, At) : std::nullopt;
}

bool KnownDTypes::isUncertain(const FunctionDecl *Function, const ValueDecl *Name) {
  auto [Entry, IsNew] = Uncertain.try_emplace(Name, false);
  if (IsNew)
    Entry->second = mayChangeOrAskDType(Function, Name);
  return Entry->second;
}

KnownDTypes::Known KnownDTypes::ofOperator(const CXXOperatorCallExpr *Operator) {
  if (!isLibTorchDecl(Operator->getDirectCallee()) || !isTensorType(Operator->getType()) ||
      Operator->getNumArgs() == 0)
    return std::nullopt;
  OverloadedOperatorKind Kind = Operator->getOperator();
  const Expr *Left = Operator->getArg(0);
  if (isComparison(Kind))
    return KnownDType{DType::Bool, Operator};
  if (asPlainAssignment(Operator)) // `(x = y)`
    return copiesInto(Operator) ? std::nullopt : read(Operator->getArg(1), Operator);
  if (isCompoundAssignment(Kind) || asOperator(Operator, OO_Subscript) ||
      Operator->getNumArgs() == 1)
    return read(Left, Operator);
  bool IsArithmetic = Kind == OO_Plus || Kind == OO_Minus || Kind == OO_Star || Kind == OO_Slash;
  if (!IsArithmetic)
    return std::nullopt;
  const Expr *Right = Operator->getArg(1);
  bool IsRight = isTensorType(Right->getType());
  if (!isTensorType(Left->getType()))
    std::swap(Left, Right);
  Known Is = read(Left, Operator);
  // A number keeps what is floating; what two tensors are promoted to is certain where they agree.
  if (!Is || !isFloating(Is->Is))
    return std::nullopt;
  if (!isTensorType(Right->getType()))
    return spelledArgument(Right)->getType()->isArithmeticType() ? Is : std::nullopt;
  Known Other = IsRight ? read(Right, Operator) : std::nullopt;
  return Other && Other->Is == Is->Is ? Is : std::nullopt;
}

KnownDTypes::Known KnownDTypes::ofCall(const CallExpr *Call) {
  if (std::optional<unsigned> Part = partOfTuple(Call))
    return ofPart(Call->getArg(0), *Part, Call);
  Operation Called = operationOf(Call);
  if (!Called || !isTensorType(Call->getType()))
    return std::nullopt;
  if (Called.isOneOf({Op::to, Op::toType, Op::type_as}))
    return converted(Call, Called);
  if (Called.is(Op::cat) || Called.is(Op::stack))
    return ofList(Call);
  const Expr *First = firstTensor(Call);
  if (Called.has(Creates))
    return ofFactory(Call, Called, First);
  DTypeRule Rule = dtypeRule(Called);
  if (Rule == DTypeRule::Unknown || !First || namesDType(Call, First, Context))
    return std::nullopt;
  if (Rule == DTypeRule::Long || Rule == DTypeRule::Bool)
    return KnownDType{*resultDType(Rule, std::nullopt), Call};
  Known Is = read(First, Call);
  std::optional<DType> Gives = Is ? resultDType(Rule, Is->Is) : std::nullopt;
  if (!Gives)
    return std::nullopt;
  return *Gives == Is->Is ? Is : Known({*Gives, Call});
}

// Part of `x.topk(k)`, or of a local that keeps it.
KnownDTypes::Known KnownDTypes::ofPart(const Expr *Tuple, unsigned Part, const CallExpr *At) {
  const Expr *Made = stripValue(Tuple);
  if (const VarDecl *Variable = namedVariable(Made)) {
    llvm::SmallVector<const Expr *, 4> Values = Index.valuesOf(Variable);
    const auto *Function = dyn_cast<FunctionDecl>(Variable->getDeclContext());
    if (!Function || !Variable->hasInit() || isa<ParmVarDecl>(Variable) || Values.size() != 1 ||
        !Values[0] || isUncertain(Function, Variable) || ++Steps > MaxSteps)
      return std::nullopt;
    Made = stripValue(Variable->getInit());
  }
  const auto *Call = dyn_cast<CallExpr>(Made);
  const Expr *First = Call ? firstTensor(Call) : nullptr;
  if (!First || isa<CXXOperatorCallExpr>(Call))
    return std::nullopt;
  DTypeRule Rule = dtypeRule(operationOf(Call), Part);
  if (Rule == DTypeRule::Long)
    return KnownDType{DType::Long, Call};
  return Rule == DTypeRule::Same ? read(First, Call) : std::nullopt;
}

KnownDTypes::Known KnownDTypes::ofFactory(const CallExpr *Call, const Operation &Called,
                                          const Expr *First) {
  if (First) { // zeros_like(x), x.new_zeros({2})
    bool IsLike = nameOf(Called.Name).ends_with("_like") || isa<CXXMemberCallExpr>(Call);
    return IsLike && !dtypeOfOptions(Call, Context).IsNamed ? read(First, Call) : std::nullopt;
  }
  FactoryDType Made = dtypeOfFactory(Call, Called, Index, Context);
  return Made.Is ? Known({*Made.Is, Call, Made.IsDefault}) : std::nullopt;
}

// `torch::cat({a, b})`
KnownDTypes::Known KnownDTypes::ofList(const CallExpr *Call) {
  const InitListExpr *List = Call->getNumArgs() ? listIn(Call->getArg(0)) : nullptr;
  Known All;
  for (const Expr *Each : List ? List->inits() : llvm::ArrayRef<Expr *>()) {
    Known Is = isTensorType(Each->getType()) ? read(Each, Call) : std::nullopt;
    if (!Is || (All && All->Is != Is->Is))
      return std::nullopt;
    All = Is;
  }
  return All;
}

KnownDTypes::Known KnownDTypes::converted(const CallExpr *Call, const Operation &Called) {
  if (!isa<CXXMemberCallExpr>(Call))
    return std::nullopt;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Call->getDirectCallee())) {
    if (isa<CXXDefaultArgExpr>(Argument))
      continue;
    if (isTensorType(Parameter->getType()))
      return read(Argument, Call);
    std::optional<Spoken> Said = conversionDType(Argument, Context);
    if (!Said)
      return std::nullopt;
    if (!Said->IsNamed)
      continue;
    std::optional<DType> To = Said->Value ? dtypeOf(*Said->Value) : std::nullopt;
    if (!To)
      return std::nullopt;
    return KnownDType{*To, Call};
  }
  return Called.is(Op::to) ? read(objectOf(Call), Call) : std::nullopt;
}

KnownDTypes::Known KnownDTypes::ofName(const ValueDecl *Name, const Stmt *At) {
  if (!isTensorType(Name->getType()))
    return std::nullopt;
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Name->getDeclContext());
  if (!Function || !Function->hasBody() || isUncertain(Function, Name))
    return std::nullopt;
  if (isa<ParmVarDecl>(Name))
    return Name->getType()->isReferenceType() && Name != Given
               ? std::nullopt
               : ofStores(Name, nullptr, Function, At);
  if (const auto *Binding = dyn_cast<BindingDecl>(Name)) {
    const auto *Whole = dyn_cast_or_null<DecompositionDecl>(Binding->getDecomposedDecl());
    return Whole && Whole->hasInit() && !Index.rangeOf(Binding)
               ? ofStores(Name, Whole->getInit(), Function, At)
               : std::nullopt;
  }
  const auto *Variable = dyn_cast<VarDecl>(Name);
  if (!Variable || !Variable->isLocalVarDecl() || !Variable->hasInit() || Index.rangeOf(Variable))
    return std::nullopt;
  // What a reference names is somebody else's, but for a temporary that it keeps alive.
  if (Variable->getType()->isReferenceType() && !isa<CallExpr>(stripValue(Variable->getInit())))
    return std::nullopt;
  return ofStores(Name, Variable->getInit(), Function, At);
}

// What all stores that reach the place agree on.
KnownDTypes::Known KnownDTypes::ofStores(const ValueDecl *Name, const Expr *Init,
                                         const FunctionDecl *Function, const Stmt *At) {
  const FunctionPaths *Paths = Graphs.of(Function);
  if (!Paths)
    return std::nullopt;
  bool IsPlaced = Paths->placeOf(At).has_value();
  auto IsStore = [&](const Stmt *S) { return assigns(S, Name); };
  auto IsPlace = [&](const Stmt *S) { return S == At; };
  Known All;
  bool IsCertain = true;
  auto Add = [&](const Stmt *Store, llvm::function_ref<Known()> Value) {
    if (!IsCertain ||
        (IsPlaced && Store && Paths->placeOf(Store) && !Paths->findAfter(Store, IsPlace, IsStore)))
      return;
    if (Store && llvm::is_contained(Open, Store))
      return; // the next round of a loop: as the others
    Open.push_back(Store);
    Known Is = Value();
    Open.pop_back();
    IsCertain = Is && (!All || All->Is == Is->Is);
    All = Is;
  };
  const Stmt *First = Init ? stripValue(Init) : firstOf(*Paths);
  Add(First, [&]() -> Known {
    if (!Init) // what the caller passes
      return Name == Given ? GivenDType : std::nullopt;
    const auto *Binding = dyn_cast<BindingDecl>(Name);
    if (!Binding)
      return read(Init, stripValue(Init));
    const auto *Whole = cast<DecompositionDecl>(Binding->getDecomposedDecl());
    auto Place = llvm::find(Whole->bindings(), Binding) - Whole->bindings().begin();
    return ofPart(Init, unsigned(Place), nullptr);
  });
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    if (IsStore(E))
      Add(E, [&] {
        const Expr *Value = asPlainAssignment(E)->Value;
        return read(Value, stripValue(Value));
      });
  });
  return IsCertain ? All : std::nullopt;
}

} // namespace torchtidy
