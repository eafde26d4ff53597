// What a call calls: the function, its name, the object it is called on, and whether its body is in
// view. Every function takes null and statements that are no call, and then answers "nothing": a
// rule tests the answer once, not each step on the way to it.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_CALLEE_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_CALLEE_H

#include "model/syntax/Names.h"

namespace torchtidy {

/// The function that \p S calls by name; null for calls through pointers and for no call.
inline const clang::FunctionDecl *calleeOf(const clang::Stmt *S) {
  const auto *Call = llvm::dyn_cast_or_null<clang::CallExpr>(S);
  return Call ? Call->getDirectCallee() : nullptr;
}

/// Its plain name; empty for operators, conversions and where calleeOf() is null.
inline llvm::StringRef calleeName(const clang::Stmt *S) { return nameOf(calleeOf(S)); }

/// \p S when it calls the overloaded operator \p Kind (as an operator: `a[i]`, not
/// `a.operator[](i)`), else null.
inline const clang::CXXOperatorCallExpr *asOperator(const clang::Stmt *S,
                                                    clang::OverloadedOperatorKind Kind) {
  const auto *Call = llvm::dyn_cast_or_null<clang::CXXOperatorCallExpr>(S);
  return Call && Call->getOperator() == Kind ? Call : nullptr;
}

/// What a member function or a member operator is called on, as it is spelled: `x` of `x.f()`,
/// `p->f()`'s `p`, `m` of `m(x)`, `this` where it is implied. Null for other calls.
const clang::Expr *objectOf(const clang::Stmt *Call);

/// `p` of the `p->` that an overloaded arrow makes of a smart pointer or holder; \p E itself where
/// it is no such call.
const clang::Expr *stripArrow(const clang::Expr *E);
/// The definition of \p F whose body this translation unit has; null otherwise, and for bodies that
/// were skipped, as in an IDE's preamble.
const clang::FunctionDecl *visibleDefinition(const clang::FunctionDecl *F);
inline bool isVisible(const clang::FunctionDecl *F) { return visibleDefinition(F) != nullptr; }

/// The functions that the body of \p Lambda becomes: its call operator, or, for a generic lambda,
/// the instantiations that are called.
llvm::SmallVector<const clang::FunctionDecl *, 2> lambdaBodies(const clang::LambdaExpr *Lambda);

} // namespace torchtidy

#endif
