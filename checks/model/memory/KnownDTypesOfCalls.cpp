// The dtypes of what calls give: operations, operators, factories, conversions.
#include "model/memory/FactoryDTypes.h"
#include "model/memory/KnownDTypes.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

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

bool isComparison(OverloadedOperatorKind Kind) {
  return Kind == OO_EqualEqual || Kind == OO_ExclaimEqual || Kind == OO_Less ||
         Kind == OO_Greater || Kind == OO_LessEqual || Kind == OO_GreaterEqual;
}

} // namespace

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
    return ofPart(Call->getArg(0), *Part);
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
KnownDTypes::Known KnownDTypes::ofPart(const Expr *Tuple, unsigned Part) {
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

} // namespace torchtidy
