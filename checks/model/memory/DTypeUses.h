// Where LibTorch asks a tensor for a certain dtype: pointers to elements, indices, gradients.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_DTYPEUSES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_DTYPEUSES_H

#include "model/memory/KnownDTypes.h"

namespace torchtidy {

struct DTypeUse {
  enum What {
    Pointer,  // x.data_ptr<int>(), x.accessor<int, 2>(): throws
    Cast,     // (int *)x.data_ptr(): reads other numbers
    Index,    // x.gather(0, index): throws
    Gradient, // x.requires_grad_(): throws
  } Is = Pointer;
  /// The tensor that is asked, and the call that asks.
  const clang::Expr *Tensor = nullptr;
  const clang::CallExpr *Call = nullptr;
  /// What the finding is about, as the code has it: the cast, or the call.
  const clang::Expr *At = nullptr;
  /// Pointer and Cast: the elements that are asked for, and their dtype.
  clang::QualType Element;
  std::optional<DType> Asked;
  /// Index: what is taken.
  const IndexDTypes *Taken = nullptr;
};

/// Calls \p Visit for each such use in \p Function and its lambdas.
void forEachDTypeUse(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                     llvm::function_ref<void(const DTypeUse &)> Visit);

/// A tensor of \p Is does not bear \p Use.
bool refuses(const DTypeUse &Use, DType Is, const clang::ASTContext &Context);

/// A call in view that passes \p Use, which asks a parameter of its function for what it does not
/// have, a tensor that is refused: the argument, and its dtype.
struct RefusedArgument {
  const clang::CallExpr *Call;
  const clang::Expr *Argument;
  KnownDType Is;
};
llvm::SmallVector<RefusedArgument, 2>
refusedArguments(const DTypeUse &Use, const clang::FunctionDecl *Function, KnownDTypes &DTypes,
                 const ProjectIndex &Index, clang::ASTContext &Context);

} // namespace torchtidy

#endif
