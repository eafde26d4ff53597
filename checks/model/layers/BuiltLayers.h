// What a layer that is built in view takes and gives: the table of layers, with the constants of
// its construction.
#ifndef TORCHTIDY_CHECKS_MODEL_LAYERS_BUILTLAYERS_H
#define TORCHTIDY_CHECKS_MODEL_LAYERS_BUILTLAYERS_H

#include "model/torch/Layers.h"
#include <optional>

namespace torchtidy {

struct BuiltLayer {
  enum class Kind {
    Unknown,
    Linear,
    Embedding,
    Convolution,
    Norm,
    Recurrent,
    Keeps
  } Is = Kind::Unknown;
  llvm::StringRef Name;               // the library's: "Conv2d"
  const clang::Expr *Value = nullptr; // what builds it
  const clang::CXXRecordDecl *Module = nullptr;
  unsigned Dimensions = 0; // of a convolution or its norm
  // Features or channels, where they are constants; of a recurrent layer's tuple the first's.
  std::optional<int64_t> In, Out;
};

/// The dimensions that a layer or function is for: 2 of "Conv2d" and "max_pool2d", 0 of others.
unsigned dimensionsOf(llvm::StringRef Name);

/// The layer that \p Value builds: `Linear(10, 20)`, `Conv2d(Conv2dOptions(3, 16, 3).padding(1))`,
/// `std::make_shared<..>(..)`. Module is null where it builds none in view.
BuiltLayer layerBuiltBy(const clang::Expr *Value, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
