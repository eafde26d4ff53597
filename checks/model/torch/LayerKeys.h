// The parameters and buffers that LibTorch's layers register, with their shapes: LayerKeys.def.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_LAYERKEYS_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_LAYERKEYS_H

#include "model/torch/Layers.h"
#include <functional>

namespace torchtidy {

/// Counter: a buffer of whole numbers.
enum class LayerKeyKind : uint8_t { Parameter, Buffer, Counter };

struct LayerKey {
  LayerKeyKind Kind;
  std::string Name;
  /// None where not even their number is known.
  std::optional<std::vector<std::optional<int64_t>>> Sizes;
  std::string Doubt; // the option that decides whether it is there, where that is not known
};

/// What is known of an option of a layer. Default: it is not given.
struct LayerOption {
  enum Knowledge { Default, Given, Unknown } Is = Unknown;
  std::vector<std::optional<int64_t>> Values; // of Given; the sizes of a tensor
  bool IsTensor = false;
};

struct LayerKeys {
  std::vector<LayerKey> Keys;
  std::string Unknown; // why there may be others, or why their names are not known
};

/// What a layer with these options registers, in no order.
LayerKeys keysOf(Layer L, const std::function<LayerOption(llvm::StringRef Option)> &Given);

/// A layer of LibTorch registers a buffer of that name, and none a parameter: "running_mean".
bool isBufferOfLayers(llvm::StringRef Name);

/// The table has lines for it, or says that it registers nothing.
bool hasKnownKeys(Layer L);

} // namespace torchtidy

#endif
