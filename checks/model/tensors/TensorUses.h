// Walks a function and tells each place where a tensor expression is used as a value: in-place
// operations, torch::nn::init functions, operators and other operations of LibTorch.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORUSES_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORUSES_H

#include "model/Clang.h"

namespace torchtidy {

/// A function body and, for a lambda's, the expression that places it in the body around it.
struct BodyFrame {
  const clang::FunctionDecl *Function = nullptr;
  const clang::LambdaExpr *Lambda = nullptr;
};

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

/// Where a use stands: the bodies around it, outermost first, and the statements from the
/// innermost body down to the use.
struct UseContext {
  llvm::ArrayRef<BodyFrame> Frames;
  llvm::ArrayRef<const clang::Stmt *> Parents;
  /// The same from the outermost body down, through the lambdas.
  llvm::ArrayRef<const clang::Stmt *> AllParents;
};

using UseFn = llvm::function_ref<void(const TensorUse &, const UseContext &)>;

/// Calls \p Visit for each use in \p Function and the lambdas written in it. Uses by operations
/// that accept an undefined tensor (`defined()`, `sizes()`, `linear(x, w, bias)`) are left out.
void forEachTensorUse(const clang::FunctionDecl *Function, UseFn Visit);

using CallFn = llvm::function_ref<void(const clang::CallExpr *, const UseContext &)>;
/// The same walk for every call.
void forEachCall(const clang::FunctionDecl *Function, CallFn Visit);

/// The uses that one call makes.
llvm::SmallVector<TensorUse, 2> usesOf(const clang::CallExpr *Call);

/// Does the name end in one underscore, as LibTorch's in-place operations do? Not those that set a
/// flag or the storage.
bool isInPlaceName(llvm::StringRef Name);

/// The statement directly inside a compound statement or loop/if body that contains the use, if
/// text may be put before it; null inside declarations, conditions and unbraced if-else branches.
const clang::Expr *wrappableStatement(const clang::CallExpr *Call, const UseContext &Context);

} // namespace torchtidy

#endif
