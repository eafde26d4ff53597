// Images that show a part of another, whose rows are as far apart as the other's.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGEPARTS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGEPARTS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

struct ImagePart {
  /// What from_blob is given the memory of: `face` of `face.data`.
  const clang::Expr *Image = nullptr;
  /// Where the part is taken: `frame(box)`; null where it is none, or may be whole rows.
  const clang::Expr *Taken = nullptr;

  explicit operator bool() const { return Taken != nullptr; }
};

/// The part whose memory \p Blob takes as one block: the image is, on some path to the call,
/// columns or a rectangle of another, strides are not told, and nothing asks for its step or
/// whether it is continuous. \p Body is the innermost function around the call; \p Index is asked
/// where there is a candidate.
ImagePart partShownAsBlock(const clang::CallExpr *Blob, const clang::FunctionDecl *Body,
                           ControlFlowGraphs &Graphs,
                           llvm::function_ref<const ProjectIndex &()> Index);

} // namespace torchtidy

#endif
