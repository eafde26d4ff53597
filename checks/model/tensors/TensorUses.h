// The places where a tensor expression is used as a value: in-place operations, torch::nn::init
// functions, operators and other operations of LibTorch.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORUSES_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORUSES_H

#include "model/syntax/CallWalk.h"

namespace torchtidy {

enum class UseKind {
  Init,    // torch::nn::init::zeros_(x): no gradient is recorded
  InPlace, // x.mul_(2), x += y, x[0] = y
  Value,   // x.clone(), x + y, at::op(x)
};

struct TensorUse {
  const clang::Expr *Operand; // the tensor, stripped of implicit nodes
  const clang::CallExpr *Call;
  UseKind Kind;
  std::string Name; // "zeros_", "operator+="
};

using UseFn = llvm::function_ref<void(const TensorUse &, const UseContext &)>;

/// Calls \p Visit for each use in \p Function and the lambdas written in it. Uses by operations
/// that accept an undefined tensor (`defined()`, `sizes()`, `linear(x, w, bias)`) are left out.
void forEachTensorUse(const clang::FunctionDecl *Function, UseFn Visit);

/// The uses that one call makes.
llvm::SmallVector<TensorUse, 2> usesOf(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
