// Where LibTorch code installs hooks.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKSITES_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKSITES_H

#include "model/syntax/Callee.h"
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

/// Takes \p Call apart; nothing when it installs no hook. \p MoreNames: functions of the project,
/// by plain or qualified name.
std::optional<HookSite> hookSite(const clang::CallExpr &Call,
                                 llvm::ArrayRef<llvm::StringRef> MoreNames,
                                 clang::ASTContext &Context);

/// The loop around \p S that \p Variable is declared outside of; null when there is none.
const clang::Stmt *loopSince(const clang::Stmt *S, const clang::VarDecl *Variable,
                             clang::ASTContext &Context);

/// True for calls of a module: m(x), m->forward(x).
bool isModuleCall(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
