// Walks the calls of a function and of the lambdas written in it, and tells where each stands.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_CALLWALK_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_CALLWALK_H

#include "model/Clang.h"

namespace torchtidy {

/// A function body and, for a lambda's, the expression that places it in the body around it.
struct BodyFrame {
  const clang::FunctionDecl *Function = nullptr;
  const clang::LambdaExpr *Lambda = nullptr;
};

/// Where a call stands: the bodies around it, outermost first, and the statements from the
/// innermost body down to the call.
struct UseContext {
  llvm::ArrayRef<BodyFrame> Frames;
  llvm::ArrayRef<const clang::Stmt *> Parents;
  /// The same from the outermost body down, through the lambdas.
  llvm::ArrayRef<const clang::Stmt *> AllParents;
};

using CallFn = llvm::function_ref<void(const clang::CallExpr *, const UseContext &)>;

/// Calls \p Visit for each call in \p Function and the lambdas written in it.
void forEachCall(const clang::FunctionDecl *Function, CallFn Visit);

/// The statement directly inside a compound statement or loop/if body that contains the call, if
/// text may be put before it; null inside declarations, conditions and unbraced if-else branches.
const clang::Expr *wrappableStatement(const clang::CallExpr *Call, const UseContext &Context);

} // namespace torchtidy

#endif
