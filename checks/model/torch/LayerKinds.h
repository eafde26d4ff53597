// Kinds of library layers and of functional activations.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_LAYERKINDS_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_LAYERKINDS_H

#include "model/Clang.h"

namespace torchtidy {

/// "BatchNorm2d", "GroupNorm"…
bool isNormLayer(llvm::StringRef Library);
/// "ReLU", "GELU"…
bool isActivationLayer(llvm::StringRef Library);

/// What an activation call applies: `torch::relu(x)`, `F::gelu(x)`, `x.tanh()`.
struct ActivationCall {
  llvm::StringRef Function;    // "relu", without the in-place underscore
  llvm::StringRef Module;      // "ReLU"; empty where LibTorch has no such module
  const clang::Expr *Argument; // the tensor
  bool Plain;                  // called with nothing but the tensor
};
std::optional<ActivationCall> activationCall(const clang::CallExpr *Call);

/// torch::nn::init's functions that draw or set values; the name without the namespace.
llvm::StringRef initFunction(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
