// When what forward builds is built: at every call, or at the first one alone.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_LAZYBUILDS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_LAZYBUILDS_H

#include "model/facts/ForwardReach.h"
#include "model/paths/PathGuards.h"

namespace torchtidy {

class LazyBuilds {
public:
  LazyBuilds(const Reach &Forward, ControlFlowGraphs &Graphs)
      : Forward(Forward), Graphs(Graphs), Guards(Graphs) {}

  /// \p Where only runs while a member is not set that the functions of forward then set: `if (!m)
  /// m = …`.
  bool runsOnce(const clang::Expr *Where, const clang::FunctionDecl *Function) {
    return isGuarded(Where, Function, 0);
  }
  /// A condition stands around \p Where in its function.
  bool isConditional(const clang::Expr *Where) const;
  /// The module that \p Where constructs is there in training mode only, or takes the caller's
  /// mode: `if (is_training())`, `drop->train(is_training())`.
  bool followsTrainingFlag(const clang::Expr *Where, const clang::FunctionDecl *Function);

private:
  bool isGuarded(const clang::Expr *Where, const clang::FunctionDecl *Function, unsigned Depth);
  bool saysUnset(const clang::Expr *Condition, bool Holds) const;
  bool isSetInForward(const clang::FieldDecl *Field) const;

  const Reach &Forward;
  ControlFlowGraphs &Graphs;
  PathGuards Guards;
};

} // namespace torchtidy

#endif
