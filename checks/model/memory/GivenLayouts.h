// Functions that take the memory of a parameter for dense, and callers that give it a view that is
// not.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_GIVENLAYOUTS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_GIVENLAYOUTS_H

#include "model/facts/ProjectIndex.h"
#include "model/memory/StridedMemory.h"

namespace torchtidy {

/// How a tensor lies that some caller in view gives a parameter, itself or through its own.
struct GivenLayout {
  Layout Of;
  /// The argument, in the outermost call.
  const clang::Expr *Argument = nullptr;

  explicit operator bool() const { return bool(Of); }
};
GivenLayout layoutGivenTo(const clang::ParmVarDecl *Parameter, ControlFlowGraphs &Graphs,
                          const ProjectIndex &Index);

struct DenseUse {
  enum How {
    ByIndex, // `p[(c * h + y) * w + x]`, where `w` is the parameter's last size
    LikeIt,  // `zeros_like(x)`, whose memory goes where that of `x.contiguous()` goes
  } Is;
  /// `x.data_ptr<float>()` or `zeros_like(x)`.
  const clang::CallExpr *At = nullptr;
  const clang::ParmVarDecl *Parameter = nullptr;
  GivenLayout Given;
};

/// Calls \p Visit for each use in \p Function of a parameter that is never given another value and
/// whose order nothing asks for. \p Index is asked where there is a candidate.
void forEachDenseUse(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                     llvm::function_ref<const ProjectIndex &()> Index,
                     llvm::function_ref<void(const DenseUse &)> Visit);

} // namespace torchtidy

#endif
