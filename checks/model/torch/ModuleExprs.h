// What expressions say about modules: register_* calls, constructions, nulls, wrappers.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_MODULEEXPRS_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_MODULEEXPRS_H

#include "model/syntax/Callee.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"
#include <optional>

namespace torchtidy {

/// A call of register_module, replace_module, register_parameter or register_buffer.
struct Registration {
  const clang::CXXMemberCallExpr *Call = nullptr;
  RegistrationKind Kind = RegistrationKind::Module;
  const clang::Expr *Object = nullptr; // what it is called on, `this` included
  const clang::Expr *Name = nullptr;
  const clang::Expr *Value = nullptr;

  bool isOnThis() const;
  bool isTensor() const {
    return Kind == RegistrationKind::Parameter || Kind == RegistrationKind::Buffer;
  }
};

std::optional<Registration> asRegistration(const clang::Stmt *S);

/// The expressions that \p E may evaluate to: looks through ?:, comma and stripValue.
llvm::SmallVector<const clang::Expr *, 2> valueLeaves(const clang::Expr *E);

/// True for an expression that makes a null module: nullptr, Linear{nullptr}, an empty shared_ptr,
/// AnyModule(), nullopt.
bool isNullModule(const clang::Expr *E);

/// True when \p E constructs a module: Linear(..), make_shared<Impl>(..), new Impl(..), an Impl by
/// value. Copies, conversions between holders and pointers, and null are not constructions.
bool constructsModule(const clang::Expr *E);

/// What the construction \p E merely wraps: holder(shared_ptr), shared_ptr(holder),
/// AnyModule(holder), optional(holder). Null for any other.
const clang::Expr *wrappedModule(const clang::Expr *E);

/// Looks through holders, pointers and AnyModules that merely wrap another module.
const clang::Expr *unwrapModule(const clang::Expr *E);

/// The module that register_module() hands back, unwrapped; unwrapModule() of any other.
const clang::Expr *throughRegistration(const clang::Expr *E);

/// `net(x)` on a holder of a class of the project: the body of its forward; null for other calls,
/// and where it is not in view.
const clang::FunctionDecl *calledForward(const clang::CallExpr *Call);

bool isOptional(clang::QualType Type);

} // namespace torchtidy

#endif
