// The code that a hook runs: the bodies behind the callable, and what they capture.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKBODIES_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKBODIES_H

#include "model/hooks/HookSites.h"

namespace torchtidy {

/// One value that a hook's closure holds.
struct HookCapture {
  /// The variable that is captured (lambda), or null for bound arguments.
  const clang::VarDecl *Variable = nullptr;
  /// What is copied into the closure, in terms of the code outside: the initialiser of an init
  /// capture, the captured variable's use, the bound argument. Null for 'this'.
  const clang::Expr *Source = nullptr;
  bool ByValue = false;
  bool IsThis = false;
  clang::SourceLocation Loc;
};

/// One function that a hook runs.
struct HookBody {
  const clang::FunctionDecl *Function = nullptr; // has a body in view
  const clang::LambdaExpr *Lambda = nullptr;     // null for functors and named functions
  llvm::SmallVector<HookCapture, 4> Captures;

  const clang::Stmt *body() const { return Function->getBody(); }
  /// Declared inside the body: parameters and locals.
  bool declares(const clang::VarDecl *Variable) const;
};

/// The bodies behind the callables that \p Site installs: lambdas, functors, named functions,
/// std::bind, variables that hold one of these, make_unique<Hook>(...),
/// RecordFunctionCallback(start, end). Empty when none is in view.
llvm::SmallVector<HookBody, 2> hookBodies(const HookSite &Site);

/// True when a value of \p Type can hold a tensor: Tensor, IValue, RecordFunction, containers of
/// them.
bool holdsTensor(clang::QualType Type);

} // namespace torchtidy

#endif
