// Where `.clone()` gives a tensor memory of its own and changes nothing else.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_BLOBFIX_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_BLOBFIX_H

#include "model/memory/BorrowPaths.h"

namespace torchtidy {

/// The place behind the tensor that leaves, while its memory is there; else behind the expression
/// that makes it, where nothing touches the memory afterwards. Invalid where neither is right, and
/// in macros.
clang::SourceLocation clonePlace(const Borrow &Value, const Dangling &Found,
                                 const clang::FunctionDecl *Body, clang::ASTContext &Context);

} // namespace torchtidy

#endif
