// The expressions of a body whose values are bound to something that may outlive the statement.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_BOUND_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_BOUND_H

#include "model/Clang.h"

namespace torchtidy {

/// Calls \p Visit for each expression at or under a bound one in \p Function and its lambdas:
/// initialisers, assigned, returned and stored values, the ranges of loops (whose temporaries live
/// on since C++23). Values of types that \p Takes refuses are left out, and expressions in lambdas
/// that stand in them.
void forEachBound(const clang::FunctionDecl *Function,
                  llvm::function_ref<bool(clang::QualType)> Takes,
                  llvm::function_ref<void(const clang::Expr *, const clang::FunctionDecl *)> Visit);

} // namespace torchtidy

#endif
