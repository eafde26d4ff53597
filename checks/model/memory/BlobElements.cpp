#include "model/memory/BlobElements.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 8;

bool isBytes(QualType Type) {
  Type = Type.getCanonicalType().getUnqualifiedType();
  const auto *Enum = Type->getAs<EnumType>();
  return Type->isVoidType() || Type->isCharType() || (Enum && nameOf(Enum->getDecl()) == "byte");
}

// `std::array<float, 3>`, `float[3]` and `Eigen::Vector3f` lie in their container as three floats.
QualType flatElement(QualType Type, const ASTContext &Context) {
  for (unsigned I = 0; I < MaxDepth; ++I) {
    if (const auto *Array = Context.getAsArrayType(Type)) {
      Type = Array->getElementType();
      continue;
    }
    const auto *Record =
        dyn_cast_or_null<ClassTemplateSpecializationDecl>(Type->getAsCXXRecordDecl());
    bool IsMatrix = outermostNamespace(Record) == "Eigen" && storageOf(Type) == Storage::Inline;
    if (!IsMatrix && !isStdNamed(Record, {"array"}))
      break;
    Type = Record->getTemplateArgs()[0].getAsType();
  }
  return Type.getCanonicalType().getUnqualifiedType();
}

// The element type of a container that keeps its elements in a row.
QualType containedType(QualType Container) {
  const auto *Record = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      Container.getNonReferenceType()->getAsCXXRecordDecl());
  if (!Record || !Record->getTemplateArgs().size() ||
      Record->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
    return {};
  return Record->getTemplateArgs()[0].getAsType();
}

// What a variable is never told after its initialiser: grown, assigned, handed out.
bool keepsItsSize(const VarDecl *Variable, const ProjectIndex &Index) {
  if (Variable->getType()->isArrayType() ||
      isStdNamed(Variable->getType()->getAsCXXRecordDecl(), {"array"}))
    return true;
  const auto *Function = dyn_cast<FunctionDecl>(Variable->getDeclContext());
  return Function && Variable->isLocalVarDecl() && Index.valuesOf(Variable).size() == 1 &&
         !anyDescendant<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
           return changesContainer(calleeName(Call)) && namedDecl(objectOf(Call)) == Variable;
         });
}

// The bytes of `std::vector<uint8_t> v(48)`, `uint8_t a[48]`, `new float[n]`.
std::optional<Amount> bytesOf(const ValueDecl *Owner, const ProjectIndex &Index,
                              const ASTContext &Context) {
  if (!Owner)
    return std::nullopt;
  QualType Type = Owner->getType().getNonReferenceType();
  if (!Type->isDependentType() &&
      (Type->isConstantArrayType() || isStdNamed(Type->getAsCXXRecordDecl(), {"array"})))
    return Amount{Context.getTypeSizeInChars(Type).getQuantity(), {}};
  const auto *Variable = dyn_cast<VarDecl>(Owner);
  if (!Variable || !keepsItsSize(Variable, Index))
    return std::nullopt;
  const Expr *Init = initialiserOf(Variable);
  std::optional<Amount> Count;
  QualType Element;
  if (const auto *New = dyn_cast_or_null<CXXNewExpr>(Init)) {
    Element = New->getAllocatedType();
    Count = New->isArray() && New->getArraySize() ? amountOf(*New->getArraySize(), Context)
                                                  : std::nullopt;
  } else if (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Init)) {
    Element = containedType(Type);
    bool IsFilled = storageOf(Type) == Storage::Buffer && Construct->getNumArgs() &&
                    !Construct->isListInitialization();
    Count = IsFilled ? amountOf(Construct->getArg(0), Context) : std::nullopt;
  }
  if (!Count || Element.isNull() || Element->isDependentType() || Element->isIncompleteType())
    return std::nullopt;
  return Count->times({Context.getTypeSizeInChars(Element).getQuantity(), {}});
}

class PointerReader {
public:
  PointerReader(const ProjectIndex &Index, const ASTContext &Context)
      : Index(Index), Context(Context) {}

  BlobMemory read(const Expr *Pointer) {
    Found.Offset = 0;
    Last = nullptr;
    follow(Pointer, 0);
    if (Last && Last->getType()->isPointerType())
      Found.Element = flatElement(Last->getType()->getPointeeType(), Context);
    else if (Last && Last->getType()->isArrayType())
      Found.Element = flatElement(Last->getType(), Context);
    Found.Shown = Last;
    Found.Bytes = Found.Owner ? bytesOf(Found.Owner, Index, Context) : std::nullopt;
    if (!Found.Owner)
      Found.Offset.reset();
    return Found;
  }

private:
  void follow(const Expr *E, unsigned Depth) {
    E = stripValue(E);
    while (const auto *Cast = dyn_cast<ExplicitCastExpr>(E)) {
      QualType To = Cast->getType();
      if (!To->isPointerType())
        return;
      E = stripValue(Cast->getSubExpr());
      Found.IsReinterpreted |=
          !isBytes(To->getPointeeType()) && E->getType()->isPointerType() &&
          !Context.hasSameUnqualifiedType(To->getPointeeType(), E->getType()->getPointeeType());
    }
    Last = E;
    if (Depth > MaxDepth)
      return;
    if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isAdditiveOp())
      return sum(Binary, Depth);
    if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_AddrOf)
      return address(Unary->getSubExpr());
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E))
      return member(Call);
    if (const VarDecl *Variable = namedVariable(E))
      variable(Variable, Depth);
  }

  void sum(const BinaryOperator *Binary, unsigned Depth) {
    bool IsLeft = Binary->getLHS()->getType()->isPointerType();
    const Expr *Pointer = IsLeft ? Binary->getLHS() : Binary->getRHS();
    if (!Pointer->getType()->isPointerType() && !Pointer->getType()->isArrayType())
      return;
    move(integerConstant(IsLeft ? Binary->getRHS() : Binary->getLHS(), Context),
         Pointer->getType()->getPointeeType(), Binary->getOpcode() == BO_Sub ? -1 : 1);
    follow(Pointer, Depth + 1);
  }

  void move(std::optional<int64_t> By, QualType Element, int64_t Sign = 1) {
    bool IsKnown = By && Found.Offset && !Element.isNull() && !Element->isVoidType() &&
                   !Element->isIncompleteType();
    Found.Offset =
        IsKnown ? std::optional(*Found.Offset +
                                Sign * *By * Context.getTypeSizeInChars(Element).getQuantity())
                : std::nullopt;
  }

  // `&v[0]`, `&rows[0][0]`, `&*v.begin()`
  void address(const Expr *Object) {
    Object = stripValue(Object);
    const Expr *Container = nullptr, *At = nullptr;
    if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(Object)) {
      Container = stripValue(Subscript->getBase());
      At = Subscript->getIdx();
    } else if (const CXXOperatorCallExpr *Operator = asOperator(Object, OO_Subscript)) {
      Container = stripValue(Operator->getArg(0));
      At = Operator->getArg(1);
    }
    move(At ? integerConstant(At, Context) : std::nullopt, Object->getType());
    if (Container)
      own(Container);
  }

  void member(const CXXMemberCallExpr *Call) {
    llvm::StringRef Name = calleeName(Call);
    if (Name == "data" || Name == "c_str" || Name == "get")
      own(stripValue(objectOf(Call)));
  }

  // The object that holds the memory, or the row of a container of containers.
  void own(const Expr *Container) {
    Found.Owner = namedVariable(Container);
    if (const auto *Field = namedField(Container))
      Found.Owner = Field;
    const Expr *Outer = stripSubscripts(Container);
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(Outer);
        Call && (calleeName(Call) == "front" || calleeName(Call) == "at"))
      Outer = stripValue(objectOf(Call));
    if (Outer != Container && storageOf(Outer->getType()) == Storage::Buffer &&
        storageOf(Container->getType()) == Storage::Buffer)
      Found.Rows = namedDecl(Outer);
  }

  void variable(const VarDecl *Variable, unsigned Depth) {
    QualType Type = Variable->getType().getNonReferenceType();
    if (Type->isArrayType()) {
      Found.Owner = Variable;
      return;
    }
    const Expr *Init = initialiserOf(Variable);
    if (!Init || !Variable->isLocalVarDecl() || Index.valuesOf(Variable).size() != 1)
      return;
    if (isa<CXXNewExpr>(Init))
      Found.Owner = Variable;
    else if (Init->getType()->isPointerType() || isa<ExplicitCastExpr>(Init))
      follow(Init, Depth + 1);
  }

  const ProjectIndex &Index;
  const ASTContext &Context;
  BlobMemory Found;
  const Expr *Last = nullptr;
};

} // namespace

BlobMemory blobMemory(const Expr *Pointer, const ProjectIndex &Index, const ASTContext &Context) {
  return PointerReader(Index, Context).read(Pointer);
}

std::optional<int64_t> blobDType(const CallExpr *Blob, const ASTContext &Context, bool *IsDefault) {
  for (auto [Argument, Parameter] : argumentsWithParameters(Blob, Blob->getDirectCallee())) {
    if (!isTensorOptions(Parameter->getType()) || isa<CXXDefaultArgExpr>(Argument))
      continue;
    if (Spoken DType = certainDType(Argument, Context); DType.IsNamed)
      return DType.Value;
  }
  if (IsDefault)
    *IsDefault = true;
  return FloatDType;
}

std::optional<ElementKind> elementKind(int64_t DType) {
  // In the order of c10::ScalarType; quantised types are silent.
  static constexpr ElementKind Kinds[] = {
      {ElementKind::Integer, 1},  {ElementKind::Integer, 1},  {ElementKind::Integer, 2},
      {ElementKind::Integer, 4},  {ElementKind::Integer, 8},  {ElementKind::Floating, 2},
      {ElementKind::Floating, 4}, {ElementKind::Floating, 8}, {ElementKind::Complex, 4},
      {ElementKind::Complex, 8},  {ElementKind::Complex, 16}, {ElementKind::Integer, 1}};
  constexpr int64_t BFloat16 = 15;
  if (DType == BFloat16)
    return ElementKind{ElementKind::Floating, 2};
  return DType >= 0 && DType < int64_t(std::size(Kinds)) ? std::optional(Kinds[DType])
                                                         : std::nullopt;
}

std::optional<ElementKind> elementKind(QualType Type, const ASTContext &Context) {
  if (Type.isNull() || Type->isDependentType())
    return std::nullopt;
  if (const CXXRecordDecl *Record = Type->getAsCXXRecordDecl())
    return isLibTorchDecl(Record) && (nameOf(Record) == "Half" || nameOf(Record) == "BFloat16")
               ? std::optional(ElementKind{ElementKind::Floating, 2})
               : std::nullopt;
  if (!Type->isBuiltinType() || !(Type->isIntegerType() || Type->isRealFloatingType()))
    return std::nullopt;
  return ElementKind{Type->isIntegerType() ? ElementKind::Integer : ElementKind::Floating,
                     Context.getTypeSizeInChars(Type).getQuantity()};
}

llvm::StringRef dtypeFor(QualType Type, const ASTContext &Context) {
  std::optional<ElementKind> Kind = elementKind(Type, Context);
  if (!Kind)
    return "";
  if (Kind->Is == ElementKind::Floating)
    return Kind->Size == 4                                    ? "kFloat"
           : Kind->Size == 8                                  ? "kDouble"
           : nameOf(Type->getAsCXXRecordDecl()) == "BFloat16" ? "kBFloat16"
           : Kind->Size == 2                                  ? "kHalf"
                                                              : "";
  bool IsSigned = Type->isSignedIntegerType();
  switch (Kind->Size) {
  case 1:
    return IsSigned ? "kChar" : "kByte";
  case 2:
    return IsSigned ? "kShort" : "";
  case 4:
    return IsSigned ? "kInt" : "";
  default:
    return IsSigned && Kind->Size == 8 ? "kLong" : "";
  }
}

std::optional<Amount> blobCount(const CallExpr *Blob, const ASTContext &Context) {
  const Expr *Sizes = argumentFor(Blob, 1);
  if (!Sizes || !isArrayRef(Sizes->getType()))
    return std::nullopt;
  const InitListExpr *List = nullptr;
  forEach<InitListExpr>(Sizes, [&](const InitListExpr *Inner) { List = List ? List : Inner; });
  if (!List) { // a size alone
    const auto *Construct = dyn_cast<CXXConstructExpr>(stripValue(Sizes));
    return Construct && Construct->getNumArgs() == 1 ? amountOf(Construct->getArg(0), Context)
                                                     : std::nullopt;
  }
  Amount Product;
  for (const Expr *Size : List->inits()) {
    std::optional<Amount> Value = amountOf(Size, Context);
    if (!Value)
      return std::nullopt;
    Product = Product.times(*Value);
  }
  return Product;
}

} // namespace torchtidy
