// What is known of the hooks of one AST, each question answered once for all the rules that ask it.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKFACTS_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKFACTS_H

#include "model/hooks/HookBodies.h"
#include "model/hooks/HookHandles.h"
#include "model/hooks/HookTargets.h"
#include <map>

namespace torchtidy {

class HookFacts {
public:
  explicit HookFacts(clang::ASTContext &Context) : Context(Context) {}

  clang::ASTContext &context() const { return Context; }

  /// hookBodies(), handleUse() and hookTarget() of \p Site.
  llvm::ArrayRef<HookBody> bodiesOf(const HookSite &Site);
  const HandleUse &handleOf(const HookSite &Site);
  const HookTarget &targetOf(const HookSite &Site);

  /// A call that runs backward with create_graph, `backward(gradient, retain_graph, true)` or
  /// `autograd::grad(…, true)`: of the same function where \p Site hooks a local; else null.
  const clang::Stmt *createsGraph(const HookSite &Site);
  /// Something in the file takes all callbacks away, without a handle: at::clearCallbacks().
  bool clearsCallbacks();

private:
  clang::ASTContext &Context;
  std::map<const clang::CallExpr *, std::vector<HookBody>> Bodies;
  std::map<const clang::CallExpr *, HandleUse> Handles;
  std::map<const clang::CallExpr *, HookTarget> Targets;
  std::optional<llvm::SmallVector<const clang::CallExpr *, 2>> CreateGraph;
  std::optional<bool> ClearsCallbacks;
};

} // namespace torchtidy

#endif
