#include "model/memory/FactoryDTypes.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Literals.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 12; // three for each level of a list

bool isLibTorchNamed(QualType Type, llvm::ArrayRef<llvm::StringRef> Names) {
  const NamedDecl *D = Type.getNonReferenceType()->getAsTagDecl();
  return D && isLibTorchDecl(D) && llvm::is_contained(Names, nameOf(D));
}

// `torch::zeros({0})`, `torch::empty(0)`
bool isOfNothing(const Expr *Sizes, const ASTContext &Context) {
  auto IsZero = [&](const Expr *Size) { return integerConstant(Size, Context) == 0; };
  if (const InitListExpr *List = listIn(Sizes))
    return List->getNumInits() == 0 || llvm::any_of(List->inits(), IsZero);
  return IsZero(spelledArgument(Sizes));
}

// What numbers of a C++ type become: whole ones kLong, fractions the default.
FactoryDType ofNumbers(QualType Type, const ASTContext &Context) {
  std::optional<DType> Is = dtypeOf(Type, Context);
  if (!Is || isComplex(*Is))
    return {};
  if (isFloating(*Is))
    return sizeOf(*Is) < sizeOf(DType::Float) ? FactoryDType() : FactoryDType{DType::Float, true};
  if (*Is == DType::Int)
    return {DType::Long, true};
  return {Is, true};
}

// The type of the numbers in `torch::tensor(…)`: of a list's first, of a vector's elements.
QualType dataType(const Expr *E, unsigned Depth = 0) {
  E = stripValue(E);
  if (Depth > MaxDepth)
    return {};
  if (const auto *List = dyn_cast<CXXStdInitializerListExpr>(E))
    return dataType(List->getSubExpr(), Depth + 1);
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return List->getNumInits() ? dataType(List->getInit(0), Depth + 1) : QualType();
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (Construct && isLibTorchNamed(E->getType(), {"TensorDataContainer"}))
    return Construct->getNumArgs() ? dataType(Construct->getArg(0), Depth + 1) : QualType();
  const CXXRecordDecl *Record = E->getType()->getAsCXXRecordDecl();
  if (!Record)
    return E->getType();
  return isStdNamed(Record, {"vector"}) || isLibTorchNamed(E->getType(), {"ArrayRef"})
             ? templateTypeArgument(Record)
             : QualType();
}

// `arange(0, n)`: whole numbers only give whole numbers.
FactoryDType ofRange(const CallExpr *Call) {
  FactoryDType Found{DType::Long, true};
  for (const Expr *Argument : writtenArguments(Call)) {
    if (isTensorOptions(Argument->getType()))
      continue;
    QualType Type = spelledArgument(Argument)->getType();
    if (Type->isRealFloatingType())
      Found.Is = DType::Float;
    else if (!Type->isIntegerType())
      return {};
  }
  return Found;
}

FactoryDType byDefault(const CallExpr *Call, const Operation &Called, const ASTContext &Context) {
  llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
  switch (Called.Name) {
  case Op::tensor:
    return ofNumbers(dataType(Written[0]), Context);
  case Op::arange:
    return ofRange(Call);
  case Op::full: {
    if (Written.size() < 2)
      return {};
    FactoryDType Found = ofNumbers(spelledArgument(Written[1])->getType(), Context);
    bool IsOther = Found.Is && isInteger(*Found.Is); // a Scalar knows no short
    return IsOther ? FactoryDType{DType::Long, true} : Found;
  }
  case Op::randint: // kLong by its default argument alone
    return {isTensorOptions(Written.back()->getType()) ? DType::Float : DType::Long, true};
  default:
    return {factoryDType(Called), true};
  }
}

} // namespace

const Expr *spelledArgument(const Expr *E) {
  E = stripValue(E);
  for (unsigned I = 0; I < MaxDepth; ++I) {
    const auto *Construct = dyn_cast<CXXConstructExpr>(E);
    if (!Construct || isa<CXXTemporaryObjectExpr>(Construct) ||
        writtenArguments(Construct).size() != 1)
      break;
    E = stripValue(Construct->getArg(0));
  }
  return E;
}

Spoken dtypeOfOptions(const CallExpr *Call, const ASTContext &Context) {
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Call->getDirectCallee())) {
    if (isa<CXXDefaultArgExpr>(Argument))
      continue;
    if (isTensorOptions(Parameter->getType()))
      return certainDType(Argument, Context);
    // `optional<ScalarType>` and what else may say it
    if (const CXXRecordDecl *Record = Parameter->getType()->getAsCXXRecordDecl();
        nameOf(Record) == "optional")
      return {true, std::nullopt};
  }
  return {};
}

FactoryDType dtypeOfFactory(const CallExpr *Call, const Operation &Called,
                            const ProjectIndex &Index, const ASTContext &Context) {
  llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
  if (Written.empty())
    return {};
  bool TakesSizes = Called.isOneOf({Op::empty, Op::full, Op::ones, Op::rand, Op::randn, Op::zeros});
  if (TakesSizes && isOfNothing(Written[0], Context))
    return {};
  if (Spoken Said = dtypeOfOptions(Call, Context); Said.IsNamed)
    return {Said.Value ? dtypeOf(*Said.Value) : std::nullopt};
  FactoryDType Found = byDefault(Call, Called, Context);
  bool IsDefault = Found.Is == DType::Float;
  return IsDefault && !Index.callsNamed("set_default_dtype").empty() ? FactoryDType() : Found;
}

std::optional<Spoken> conversionDType(const Expr *Argument, const ASTContext &Context) {
  const Expr *E = spelledArgument(Argument);
  QualType Type = E->getType().getNonReferenceType();
  if (isTensorOptions(Type) || isLibTorchNamed(Type, {"ScalarType"}))
    return certainDType(E, Context);
  bool IsOther = Type->isBooleanType() || stringLiteral(E) ||
                 isLibTorchNamed(Type, {"Device", "DeviceType", "Layout", "MemoryFormat"});
  return IsOther ? std::optional(Spoken()) : std::nullopt;
}

} // namespace torchtidy
