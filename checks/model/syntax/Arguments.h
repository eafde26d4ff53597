// Arguments beside the parameters that they meet. clang counts the object of `m(x)` and `a == b`
// among the arguments of the call where the operator is a member, and so for every call of a
// lambda; the parameters begin behind it. Code that counts by hand is right for functions and wrong
// for these.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_ARGUMENTS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_ARGUMENTS_H

#include "model/Clang.h"
#include "llvm/ADT/STLExtras.h"

namespace torchtidy {

/// The arguments that meet parameters, default ones included: those of the call without the object
/// of a member operator or a lambda. An explicit object parameter counts as a parameter.
llvm::ArrayRef<const clang::Expr *> argumentsOf(const clang::CallExpr *Call);
llvm::ArrayRef<const clang::Expr *> argumentsOf(const clang::CXXConstructExpr *E);

/// Those of them that stand in the code.
llvm::ArrayRef<const clang::Expr *> writtenArguments(llvm::ArrayRef<const clang::Expr *> Arguments);
template <typename CallType>
llvm::ArrayRef<const clang::Expr *> writtenArguments(const CallType *Call) {
  return writtenArguments(argumentsOf(Call));
}

/// Pairs of an argument and the parameter of \p Callee that receives it:
/// `for (auto [Argument, Parameter] : argumentsWithParameters(Call, Definition))`. Arguments of an
/// ellipsis have no parameter and are left out. \p Callee may be any declaration of what is called.
template <typename CallType>
auto argumentsWithParameters(const CallType *Call, const clang::FunctionDecl *Callee) {
  return llvm::zip(argumentsOf(Call),
                   Callee ? Callee->parameters() : llvm::ArrayRef<clang::ParmVarDecl *>());
}

/// The argument of \p Call for the parameter at \p Index; null where there is none.
template <typename CallType> const clang::Expr *argumentFor(const CallType *Call, unsigned Index) {
  llvm::ArrayRef<const clang::Expr *> Arguments = argumentsOf(Call);
  return Index < Arguments.size() ? Arguments[Index] : nullptr;
}

/// `T &`: what is handed to a parameter of \p Type, or refers to by a variable of it, may be
/// changed there.
bool takesToChange(clang::QualType Type);

/// The written value of a default argument or initialiser, and \p E itself for any other.
const clang::Expr *throughDefault(const clang::Expr *E);

} // namespace torchtidy

#endif
