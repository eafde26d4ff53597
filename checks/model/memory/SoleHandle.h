// Whether a variable whose copies share memory (cv::Mat, shared_ptr, Tensor) is the only one that
// keeps it: made with memory of its own in view, and copied nowhere.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_SOLEHANDLE_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_SOLEHANDLE_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// \p E makes an object with memory of its own: `cv::imread(…)`, `mat.clone()`, `torch::rand(…)`,
/// `x + y`, `make_shared<float[]>(n)`.
bool makesOwnMemory(const clang::Expr *E);

/// The local \p Handle is copied, captured or given to a container somewhere in its function.
bool isCopiedElsewhere(const clang::VarDecl *Handle);

/// The memory of the local \p Handle ends with it: all that it gets or, with \p Graphs, what it has
/// at \p At and gets later.
bool isSoleHandle(const clang::VarDecl *Handle, const ProjectIndex &Index,
                  const clang::Stmt *At = nullptr, ControlFlowGraphs *Graphs = nullptr);

} // namespace torchtidy

#endif
