// Whether a value is a tensor that was there before: `x = x.mul_(2)`.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_SAMETENSOR_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_SAMETENSOR_H

#include "model/Clang.h"

namespace torchtidy {

/// Whether \p Value is a tensor that \p Is accepts, handed on by in-place methods (`x.mul_(2)`) or
/// by functions that return what they are given (`assign(x, y)`); with \p Unknown by those, too,
/// whose body is not in view.
bool isSameTensor(const clang::Expr *Value, llvm::function_ref<bool(const clang::Expr *)> Is,
                  bool Unknown = false);

/// `x = x.mul_(2)`: the right side is the same tensor.
bool isInPlaceOf(const clang::Expr *Value, const clang::FieldDecl *Field, bool Unknown = false);

} // namespace torchtidy

#endif
