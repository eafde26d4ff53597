// Whether the tensor that an expression makes is nobody else's.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_FRESHTENSOR_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_FRESHTENSOR_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

struct Fresh {
  bool Is = false;
  /// The call that makes it so only where it copies: `x.cpu()`.
  const clang::CallExpr *MayCopy = nullptr;
};

/// The values of the tensor \p E are in memory that ends with it: the result of an operation, of a
/// module, of arithmetic; of a view of such.
Fresh hasFreshValues(const clang::Expr *E, const ProjectIndex &Index);

/// The tensor object \p E, which keeps sizes and strides, is a temporary that nobody else holds: a
/// view has one of its own.
Fresh isFreshObject(const clang::Expr *E, const ProjectIndex &Index);

} // namespace torchtidy

#endif
