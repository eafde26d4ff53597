// Which code of a Module runs in eval() as it does in training, and which may be meant for one of
// them.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_MODEGUARDS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_MODEGUARDS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/PathGuards.h"
#include "llvm/ADT/SetVector.h"

namespace torchtidy {

class ModeGuards {
public:
  ModeGuards(const ProjectIndex &Index, ControlFlowGraphs &Graphs)
      : Index(Index), Graphs(Graphs), Guards(Graphs) {}

  /// \p E depends on what may be the mode: is_training(), a name that speaks of training or
  /// evaluation, a truth value that callers or other members give.
  bool speaksOfMode(const clang::Expr *E) const { return speaks(E, 0); }

  /// On every path to \p Where such a condition was decided, one and the same way. Out of a lambda:
  /// where it is called, or stands.
  bool isGuarded(const clang::Stmt *Where) { return isGuarded(Where, 0); }

  /// Member functions of \p Class and its bases that its forward reaches in either mode. Those
  /// named after training, noise or drawing on purpose (`forward_train`, `augment`) are none.
  llvm::SetVector<const clang::FunctionDecl *> runInBothModes(const clang::CXXRecordDecl *Class);

private:
  bool speaks(const clang::Expr *E, unsigned Depth) const;
  bool isGuarded(const clang::Stmt *Where, unsigned Depth);
  bool isRoot(const clang::CXXMethodDecl *Method);

  const ProjectIndex &Index;
  ControlFlowGraphs &Graphs;
  PathGuards Guards;
};

/// A name of code that draws on purpose, whatever the mode: MCDropout, BayesianNet, add_noise.
bool drawsOnPurpose(llvm::StringRef Name);

} // namespace torchtidy

#endif
