#include "model/torch/DTypes.h"
#include "model/syntax/Names.h"
#include "model/syntax/TemplateArguments.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

struct Row {
  const char *Name;
  int Size;
  enum { Integer, Floating, Complex, Truth } Kind;
};
// In the order of c10::ScalarType.
constexpr Row Rows[] = {{"Byte", 1, Row::Integer},           {"Char", 1, Row::Integer},
                        {"Short", 2, Row::Integer},          {"Int", 4, Row::Integer},
                        {"Long", 8, Row::Integer},           {"Half", 2, Row::Floating},
                        {"Float", 4, Row::Floating},         {"Double", 8, Row::Floating},
                        {"ComplexHalf", 4, Row::Complex},    {"ComplexFloat", 8, Row::Complex},
                        {"ComplexDouble", 16, Row::Complex}, {"Bool", 1, Row::Truth}};
constexpr Row BFloat16Row = {"BFloat16", 2, Row::Floating};

const Row &rowOf(DType Is) { return Is == DType::BFloat16 ? BFloat16Row : Rows[unsigned(Is)]; }

constexpr IndexDTypes Ints{DType::Int, DType::Long};
constexpr IndexDTypes Longs{DType::Long};
constexpr IndexDTypes Classes{DType::Long, DType::Byte};
constexpr IndexDTypes ClassesOrFloats{{DType::Long, DType::Byte}, true};

struct IndexRow {
  Op Name;
  const char *Parameter;
  const IndexDTypes *Takes;
};
constexpr IndexRow Indices[] = {
#define INDEX(Name, Parameter, Takes) {Op::Name, #Parameter, &(Takes)},
#include "model/torch/DTypes.def"
};

} // namespace

std::optional<DType> dtypeOf(int64_t ScalarType) {
  bool IsNamed = (ScalarType >= 0 && ScalarType < int64_t(std::size(Rows))) ||
                 ScalarType == int64_t(DType::BFloat16);
  return IsNamed ? std::optional(DType(ScalarType)) : std::nullopt;
}

std::optional<DType> dtypeOf(QualType Type, const ASTContext &Context) {
  if (Type.isNull() || Type->isDependentType())
    return std::nullopt;
  Type = Type.getCanonicalType().getUnqualifiedType();
  if (const CXXRecordDecl *Record = Type->getAsCXXRecordDecl()) {
    if (!isLibTorchDecl(Record))
      return std::nullopt;
    if (nameOf(Record) == "Half")
      return DType::Half;
    if (nameOf(Record) == "BFloat16")
      return DType::BFloat16;
    std::optional<DType> Part =
        nameOf(Record) == "complex" ? dtypeOf(templateTypeArgument(Record), Context) : std::nullopt;
    return Part == DType::Float    ? std::optional(DType::ComplexFloat)
           : Part == DType::Double ? std::optional(DType::ComplexDouble)
                                   : std::nullopt;
  }
  if (Type->isBooleanType())
    return DType::Bool;
  if (Type->isSpecificBuiltinType(BuiltinType::UChar))
    return DType::Byte;
  if (Type->isSpecificBuiltinType(BuiltinType::SChar))
    return DType::Char;
  if (Type->isSpecificBuiltinType(BuiltinType::Float))
    return DType::Float;
  if (Type->isSpecificBuiltinType(BuiltinType::Double))
    return DType::Double;
  if (!Type->isBuiltinType() || !Type->isSignedIntegerType() || Type->isAnyCharacterType())
    return std::nullopt;
  switch (Context.getTypeSizeInChars(Type).getQuantity()) {
  case 2:
    return DType::Short;
  case 4:
    return DType::Int;
  case 8:
    return DType::Long;
  default:
    return std::nullopt;
  }
}

llvm::StringRef nameOf(DType Is) { return rowOf(Is).Name; }
bool isFloating(DType Is) { return rowOf(Is).Kind == Row::Floating; }
bool isComplex(DType Is) { return rowOf(Is).Kind == Row::Complex; }
bool isInteger(DType Is) { return rowOf(Is).Kind == Row::Integer; }
unsigned sizeOf(DType Is) { return rowOf(Is).Size; }

DTypeRule dtypeRule(const Operation &Called) {
  if (Called.IsOut)
    return DTypeRule::Unknown;
  switch (Called.Name) {
#define RESULT(Name, Rule)                                                                         \
  case Op::Name:                                                                                   \
    return DTypeRule::Rule;
#include "model/torch/DTypes.def"
  default:
    // In place, the values alone change.
    return Called.Gives == ResultKind::Self && !Called.is(Op::set_) ? DTypeRule::Same
                                                                    : DTypeRule::Unknown;
  }
}

DTypeRule dtypeRule(const Operation &Called, unsigned Part) {
#define PART(Name, Index, Rule)                                                                    \
  if (Called.is(Op::Name) && Part == (Index))                                                      \
    return DTypeRule::Rule;
#include "model/torch/DTypes.def"
  return DTypeRule::Unknown;
}

std::optional<DType> resultDType(DTypeRule Rule, std::optional<DType> First) {
  switch (Rule) {
  case DTypeRule::Unknown:
    return std::nullopt;
  case DTypeRule::Same:
    return First;
  case DTypeRule::Floating:
    return First && isFloating(*First) ? First : std::nullopt;
  case DTypeRule::Summed:
    return !First || takesGradients(*First) ? First : DType::Long;
  case DTypeRule::Long:
    return DType::Long;
  case DTypeRule::Bool:
    return DType::Bool;
  }
  return std::nullopt;
}

std::optional<DType> factoryDType(const Operation &Called) {
#define FACTORY(Name, Gives)                                                                       \
  if (Called.is(Op::Name))                                                                         \
    return DType::Gives;
#include "model/torch/DTypes.def"
  return std::nullopt;
}

const IndexDTypes *indexDTypes(const Operation &Called, llvm::StringRef Parameter) {
  for (const IndexRow &Each : Indices)
    if (Called.is(Each.Name) && Parameter == Each.Parameter)
      return Each.Takes;
  return nullptr;
}

const IndexDTypes *indexDTypes(Layer Run, unsigned &Place) {
  Place = Run == Layer::NLLLoss || Run == Layer::CrossEntropyLoss ? 1 : 0;
  switch (Run) {
  case Layer::Embedding:
  case Layer::EmbeddingBag:
    return &Ints;
  case Layer::NLLLoss:
    return &Classes;
  case Layer::CrossEntropyLoss:
    return &ClassesOrFloats;
  default:
    return nullptr;
  }
}

} // namespace torchtidy
