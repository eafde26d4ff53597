// Dtypes by what they are, and which of them operations give and take: DTypes.def.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_DTYPES_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_DTYPES_H

#include "model/torch/Layers.h"
#include "model/torch/Operations.h"
#include <optional>

namespace torchtidy {

/// c10::ScalarType; those that are not named here are of no rule's concern.
enum class DType : int8_t {
  Byte,
  Char,
  Short,
  Int,
  Long,
  Half,
  Float,
  Double,
  ComplexHalf,
  ComplexFloat,
  ComplexDouble,
  Bool,
  BFloat16 = 15,
};
/// The dtype of that value of ScalarType; nothing for those that are not named here.
std::optional<DType> dtypeOf(int64_t ScalarType);
/// The dtype whose elements are \p Type, as data_ptr<Type>() asks for it; nothing for plain char,
/// unsigned numbers of more than a byte, and what is no number.
std::optional<DType> dtypeOf(clang::QualType Type, const clang::ASTContext &Context);
/// "Long" of kLong, as messages of LibTorch have it.
llvm::StringRef nameOf(DType Is);

bool isFloating(DType Is);
bool isComplex(DType Is);
/// Numbers without a fraction, not truth values.
bool isInteger(DType Is);
/// Only these can require gradients.
inline bool takesGradients(DType Is) { return isFloating(Is) || isComplex(Is); }
/// Bytes of an element.
unsigned sizeOf(DType Is);

/// How a result gets its dtype from the first tensor that the operation is given.
enum class DTypeRule : uint8_t { Unknown, Same, Floating, Summed, Long, Bool };
DTypeRule dtypeRule(const Operation &Called);
/// The same for a part of the tuple that it gives.
DTypeRule dtypeRule(const Operation &Called, unsigned Part);
/// The dtype by \p Rule of what is made from \p First.
std::optional<DType> resultDType(DTypeRule Rule, std::optional<DType> First);

/// What a factory makes whose options name no dtype; Float stands for the default.
std::optional<DType> factoryDType(const Operation &Called);

/// Dtypes that are taken for an argument which says where.
class IndexDTypes {
public:
  constexpr IndexDTypes(std::initializer_list<DType> Taken, bool Floats = false) : Floats(Floats) {
    for (DType Each : Taken)
      Bits |= 1u << unsigned(Each);
  }
  bool take(DType Is) const { return (Bits >> unsigned(Is) & 1) || (Floats && isFloating(Is)); }

private:
  unsigned Bits = 0;
  bool Floats;
};
/// What \p Called takes for the parameter of that name; null where it is no index.
const IndexDTypes *indexDTypes(const Operation &Called, llvm::StringRef Parameter);
/// What a layer takes when it is run, and the place of the argument; null for layers without.
const IndexDTypes *indexDTypes(Layer Run, unsigned &Place);

} // namespace torchtidy

#endif
