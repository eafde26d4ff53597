// Memory of tensors that the code reads in the order of indices although, in view, their elements
// do not lie so; and memory of a device that it reads on the host.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_STRIDEDMEMORY_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_STRIDEDMEMORY_H

#include "model/paths/FunctionPaths.h"
#include "model/torch/Operations.h"
#include <optional>

namespace torchtidy {

/// How the elements of a tensor lie in memory, as far as the code in view says.
struct Layout {
  enum What {
    Unknown,
    Reordered, // all of them, in another order: permute, transpose; copies keep it
    Skipping,  // with others between, or some for several: select(1, 0), expand
    OnDevice,  // not in the host's memory
  } Is = Unknown;
  /// The operation that made it so.
  const clang::CallExpr *Maker = nullptr;
  /// The whole value that was stored in the named tensor; null where none was.
  const clang::Expr *Stored = nullptr;

  explicit operator bool() const { return Is != Unknown; }
};

/// `x.data_ptr<float>()`, and the const, mutable and old forms of it, of a tensor.
bool isDataPointer(const clang::CallExpr *Call);

/// Of the value of \p E where \p At, a statement of \p Body, reads it. What callers give is
/// unknown.
Layout layoutAt(const clang::Expr *E, const clang::Stmt *At, const clang::FunctionDecl *Body,
                ControlFlowGraphs &Graphs);

/// A view that reorders the elements, or that may leave some out or repeat some.
bool reordersOrSkips(const Operation &Called);

struct StridedRead {
  Layout Of;
  /// The object of the call of data_ptr.
  const clang::Expr *Tensor = nullptr;
  /// Where the memory is read or written.
  const clang::Expr *Read = nullptr;
};

void forEachStridedRead(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                        llvm::function_ref<void(const StridedRead &)> Visit);

} // namespace torchtidy

#endif
