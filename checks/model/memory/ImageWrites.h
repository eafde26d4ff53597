// What gives a variable or member of type cv::Mat other elements.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGEWRITES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGEWRITES_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

struct ImageWrite {
  /// The assignment, or the call that fills the image; where that is no call of OpenCV, what it
  /// writes is unknown.
  const clang::Expr *At = nullptr;
  /// What is assigned; null for a call.
  const clang::Expr *Value = nullptr;
};

/// All of \p Code that may write to \p Image, without what initialises it; nothing where a
/// reference or pointer to it goes where it cannot be followed. Drawing into it and filling it with
/// a value keep its type and are no writes.
std::optional<llvm::SmallVector<ImageWrite, 4>>
imageWrites(const clang::ValueDecl *Image, const clang::Stmt *Code, clang::ASTContext &Context);

} // namespace torchtidy

#endif
