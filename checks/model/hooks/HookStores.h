// What a hook's body writes to: what outlives the call, and tensors changed in place.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKSTORES_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKSTORES_H

#include "model/hooks/HookBodies.h"

namespace torchtidy {

/// One write in a hook's body to something that outlives the call.
struct HookStore {
  const clang::Expr *Where = nullptr;     // the assignment or the call
  const clang::Expr *Value = nullptr;     // what is stored
  const clang::ValueDecl *Root = nullptr; // the variable or data member written; null for *this
  bool Appends = false;                   // a container grows
};

/// The stores of \p Body whose destination outlives the call: captured by reference or held in the
/// closure, reached through a pointer, a data member, a static variable.
llvm::SmallVector<HookStore, 4> lastingStores(const HookBody &Body, clang::ASTContext &Context);

/// The variable whose tensor \p Call changes in place (x.add_(1), x += 1, torch::relu_(x), x[0] =
/// 1, at::add_out(x, ...)), or null.
const clang::ValueDecl *changedInPlace(const clang::Stmt *S);

} // namespace torchtidy

#endif
