// The options that a layer is built with, where they stand in the expression that builds it.
#ifndef TORCHTIDY_CHECKS_MODEL_LAYERS_GIVENOPTIONS_H
#define TORCHTIDY_CHECKS_MODEL_LAYERS_GIVENOPTIONS_H

#include "model/torch/Layers.h"
#include <optional>

namespace torchtidy {

class GivenOptions {
public:
  /// Of `Conv2d(3, 8, 3)`, `Conv2d(Conv2dOptions(3, 8, 3).groups(2))`,
  /// `std::make_shared<Conv2dImpl>(..)`, where \p Construction builds an \p L.
  GivenOptions(const clang::Expr *Construction, Layer L, const clang::ASTContext &Context);

  /// All of them stand there: what is not given has LibTorch's default.
  bool areAll() const { return All; }
  /// The value that counts, the last setter's; null where none is given.
  const clang::Expr *find(llvm::StringRef Option) const;

  /// Their constants: nothing where the option is not given or is no constant.
  std::optional<int64_t> integer(llvm::StringRef Option) const;
  std::optional<double> number(llvm::StringRef Option) const;
  /// A number a dimension, or one that stands for all: `{3, 5}`, `3`.
  llvm::SmallVector<int64_t, 3> integers(llvm::StringRef Option) const;

private:
  struct Given {
    llvm::StringRef Option;
    const clang::Expr *Value;
  };

  const clang::ASTContext &Context;
  llvm::SmallVector<Given, 8> Options; // the one that counts first
  bool All = true;
};

} // namespace torchtidy

#endif
