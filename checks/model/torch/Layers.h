// LibTorch's layers and what is known of each: Layers.def.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_LAYERS_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_LAYERS_H

#include "model/Clang.h"

namespace torchtidy {

/// One enumerator a layer: Layer::Linear. Layer::None is a class that derives from none of them.
enum class Layer : uint8_t {
  None,
#define LAYER(Name, Family, Lost, Shape, Functional) Name,
#include "model/torch/Layers.def"
};

enum class LayerFamily : uint8_t {
  Other,
  Linear,
  Convolution,
  Embedding,
  Normalization,
  Activation,
  Squashing, // an activation with bounded output: Kaiming's gain is not for it
  Dropout,
  Pooling,
  Padding,
  Resizing,
  Recurrent,
  Attention,
  Loss,
  Distance,
  Reshaping,
  Container,
};

/// What loses when a module is not registered, worst first.
enum class Stake : uint8_t { Parameters, Mode, Nothing };

/// What a layer does to the sizes of its input; Layers.def explains them.
enum class LayerShape : uint8_t { Other, Keeps, Last, Channels, Spatial, Appends };

struct LayerInfo {
  llvm::StringLiteral Name; // "Linear"
  LayerFamily Family;
  Stake Lost;
  LayerShape Shape;
  llvm::StringLiteral Functional; // "torch::relu"; empty where no function does just the same
  /// Options that name the sizes; empty where there is none.
  llvm::StringLiteral SizeIn, SizeOut;
};
const LayerInfo &infoOf(Layer L);

/// The options that the arguments of its constructor and of its options' constructor are, in their
/// order; empty where the table does not say.
llvm::ArrayRef<llvm::StringLiteral> constructorOptions(Layer L);

/// The option of convolutions and pools; the operation of that name is none of it.
inline constexpr llvm::StringLiteral StrideOption = "stride";

/// The layer of that name, without "Impl".
Layer layerNamed(llvm::StringRef Name);
/// The layer that \p Record is or derives from.
Layer layerOf(const clang::CXXRecordDecl *Record);

inline LayerFamily familyOf(Layer L) { return infoOf(L).Family; }
inline bool isNormLayer(Layer L) { return familyOf(L) == LayerFamily::Normalization; }
inline bool isActivationLayer(Layer L) {
  return familyOf(L) == LayerFamily::Activation || familyOf(L) == LayerFamily::Squashing;
}
/// Sequential, ModuleList and the other layers that hold modules or parameters.
inline bool isContainerLayer(Layer L) { return familyOf(L) == LayerFamily::Container; }

/// A tensor of a layer that an option leaves undefined.
struct OptionalSlot {
  Layer Of;
  llvm::StringLiteral Slot;   // "bias"
  llvm::StringLiteral Option; // "affine"
  bool Default;               // the tensor is there when the option is not given
};
const OptionalSlot *optionalSlot(Layer L, llvm::StringRef Slot);

/// What an activation call applies: `torch::relu(x)`, `F::gelu(x)`, `x.tanh()`.
struct ActivationCall {
  llvm::StringRef Function;    // "relu", without the in-place underscore
  llvm::StringRef Module;      // "ReLU"; empty where LibTorch has no such module
  LayerFamily Family;          // Activation or Squashing
  const clang::Expr *Argument; // the tensor
  bool Plain;                  // called with nothing but the tensor
};
std::optional<ActivationCall> activationCall(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
