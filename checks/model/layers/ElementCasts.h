// Whether an element of a Sequential or ModuleList is asked for as what it is.
#ifndef TORCHTIDY_CHECKS_MODEL_LAYERS_ELEMENTCASTS_H
#define TORCHTIDY_CHECKS_MODEL_LAYERS_ELEMENTCASTS_H

#include "clang/AST/ExprCXX.h"

namespace torchtidy {

/// An element that is asked for as another class than it is of.
struct WrongCast {
  const clang::CallExpr *Call;
  const clang::CXXRecordDecl *Wanted, *Stands;
  const clang::Expr *Element; // what was put there
  bool Throws;                // else the null pointer that `as` gives is used
};

/// Calls \p Visit for `seq->at<T>(i)` and `seq->ptr<T>(i)` that throw, and for `list->at<T>(i)`,
/// `seq[i]->as<T>()->weight` that use a null pointer, where a module of another class was put at
/// the constant place in view. \p ElementNamedBy is elementNamedBy(); it is asked for a candidate
/// only.
void forEachWrongCast(const clang::FunctionDecl *Function,
                      llvm::function_ref<const clang::Expr *(const clang::Expr *)> ElementNamedBy,
                      clang::ASTContext &Context,
                      llvm::function_ref<void(const WrongCast &)> Visit);

} // namespace torchtidy

#endif
