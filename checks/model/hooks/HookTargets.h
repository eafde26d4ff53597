// What a hook hangs on, and how long that lives.
#ifndef TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKTARGETS_H
#define TORCHTIDY_CHECKS_MODEL_HOOKS_HOOKTARGETS_H

#include "model/hooks/HookSites.h"

namespace torchtidy {

/// How long the thing that an expression names lives.
enum class Lifetime {
  Unknown,
  Lasting,       // parameter, buffer, data member, static variable: outlives the function
  FunctionParam, // handed in by the caller
  LocalLeaf,     // a tensor made by a factory function in this function
  Graph,         // the result of an operator or a module call: dies with the graph
};
/// What a hook hangs on.
struct HookTarget {
  HookTarget() = default;
  HookTarget(Lifetime Life, llvm::StringRef What = {}, const clang::VarDecl *Variable = nullptr)
      : Life(Life), What(What), Variable(Variable) {}

  Lifetime Life = Lifetime::Unknown;
  /// "parameter", "data member", "static variable": for messages, Lasting only.
  llvm::StringRef What;
  /// The variable behind the expression, when it is one.
  const clang::VarDecl *Variable = nullptr;
};

/// Lifetime of what \p Site hooks. Process-wide callbacks are Lasting.
HookTarget hookTarget(const HookSite &Site, clang::ASTContext &Context);

} // namespace torchtidy

#endif
