// Where code asks what type an image is of, and what the answer says.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGETESTS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGETESTS_H

#include "model/memory/ImageDepth.h"
#include "model/memory/ImageWrites.h"

namespace torchtidy {

/// \p Code looks what the type or depth of \p Image is, but for handing it on:
/// `Mat(size, image.type())`.
bool asksImageType(const clang::ValueDecl *Image, const clang::Stmt *Code);

/// What tests on every path to \p At, with none of \p Writes behind them, say of \p Image:
/// `if (image.type() != CV_8UC3) return;`.
ImageType testedImageType(const clang::ValueDecl *Image, const clang::Stmt *At,
                          const clang::FunctionDecl *Body, llvm::ArrayRef<ImageWrite> Writes,
                          ControlFlowGraphs &Graphs);

} // namespace torchtidy

#endif
