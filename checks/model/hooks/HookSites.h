// Where LibTorch code installs hooks: the call, what it hooks and how long that lives, and what
// becomes of the handle.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKSITES_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKSITES_H

#include "model/Clang.h"
#include <optional>
#include <string>

namespace torchtidy {

enum class HookKind {
  Tensor,         // Tensor::register_hook, register_post_accumulate_grad_hook
  Node,           // torch::autograd::Node::add_pre_hook, add_post_hook, ...
  RecordFunction, // at::addGlobalCallback, at::addThreadLocalCallback
  Distributed,    // c10d reducer and process group hooks
  Module,         // the runtime library's register_forward_hook and its kin
  Named,          // a function named by option HookFunctions
};

/// One call that installs a hook.
struct HookSite {
  const clang::CallExpr *Call = nullptr;
  const clang::FunctionDecl *Callee = nullptr;
  HookKind Kind = HookKind::Tensor;
  /// The tensor, node, module or group that is hooked; null for process-wide callbacks.
  const clang::Expr *Receiver = nullptr;
  /// The function or lambda whose body holds the call; null at namespace scope.
  const clang::FunctionDecl *Enclosing = nullptr;
};

/// Unqualified names that hookSite() looks at, to find candidates fast.
llvm::ArrayRef<llvm::StringRef> hookFunctionNames();

/// Takes \p Call apart; nothing when it installs no hook. \p MoreNames: functions of the project,
/// by plain or qualified name.
std::optional<HookSite> hookSite(const clang::CallExpr &Call,
                                 llvm::ArrayRef<llvm::StringRef> MoreNames,
                                 clang::ASTContext &Context);

/// How long the thing that an expression names lives.
enum class Lifetime {
  Unknown,
  Lasting,       // parameter, buffer, data member, static variable: outlives the function
  FunctionParam, // handed in by the caller
  LocalLeaf,     // a tensor made by a factory function in this function
  Graph,         // the result of an operator or a module call: dies with the graph
};
struct Origin {
  Origin() = default;
  Origin(Lifetime Life, llvm::StringRef What = {}, const clang::VarDecl *Variable = nullptr)
      : Life(Life), What(What), Variable(Variable) {}

  Lifetime Life = Lifetime::Unknown;
  /// "parameter", "data member", "static variable": for messages, Lasting only.
  llvm::StringRef What;
  /// The variable behind the expression, when it is one.
  const clang::VarDecl *Variable = nullptr;
};

/// Where the tensor \p E comes from, looked at within \p Function.
Origin tensorOrigin(const clang::Expr *E, const clang::FunctionDecl *Function,
                    clang::ASTContext &Context);

/// Lifetime of what \p Site hooks. Process-wide callbacks are Lasting.
Origin receiverOrigin(const HookSite &Site, clang::ASTContext &Context);

/// What becomes of the handle that a site returns.
enum class HandleFate {
  None,      // the function returns nothing
  Discarded, // the statement drops it
  Unread,    // kept in a variable or data member that nothing ever reads
  Removed,   // a local that the same function hands to a call that removes the hook
  Kept,      // returned, scoped, passed on, cast to void: somebody else's to answer for
};
struct HandleUse {
  HandleFate Fate = HandleFate::Kept;
  const clang::ValueDecl *Holder = nullptr; // variable or data member, when there is one
  llvm::SmallVector<const clang::CallExpr *, 2> Removals;
};
HandleUse handleUse(const HookSite &Site, clang::ASTContext &Context);

/// The handle removes the hook when it dies: the runtime library's ScopedHook and its like.
bool isOwningHandle(const HookSite &Site);

/// A call that takes a hook away: Tensor::remove_hook, at::removeCallback, Node::del_post_hook,
/// handle.remove(), clear_hooks, ...
bool isHookRemoval(const clang::CallExpr *Call);

/// Source text of \p E on one line for a message, or \p Fallback when it is long or made by a
/// macro.
std::string sourceOf(const clang::Expr *E, clang::ASTContext &Context, llvm::StringRef Fallback);

/// The innermost function or lambda body around \p S; null at namespace scope.
const clang::FunctionDecl *innermostFunction(const clang::Stmt *S, clang::ASTContext &Context);

/// The loop around \p S that \p Variable is declared outside of; null when there is none.
const clang::Stmt *loopSince(const clang::Stmt *S, const clang::VarDecl *Variable,
                             clang::ASTContext &Context);

/// Calls \p Visit on every statement under \p Root, lambda bodies included.
void forEachStmt(const clang::Stmt *Root, llvm::function_ref<void(const clang::Stmt *)> Visit);

/// Calls \p Visit on the body of every function that the main file defines.
void forEachMainFileBody(clang::ASTContext &Context,
                         llvm::function_ref<void(const clang::Stmt *)> Visit);

/// True when a torch::NoGradGuard, InferenceMode or AutoGradMode(false) declared in \p Body before
/// \p S, in a block around it, is in force at \p S.
bool underNoGrad(const clang::Stmt *S, clang::ASTContext &Context);

/// Plain name of what \p Call calls, empty for operators and calls through pointers.
llvm::StringRef calleeName(const clang::CallExpr *Call);

/// True for calls of a module: m(x), m->forward(x).
bool isModuleCall(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
