// Follows a borrowed value through the paths of a function, to where it outlives its owner.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_BORROWPATHS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_BORROWPATHS_H

#include "model/memory/Borrow.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// How a borrowed value outlives its owner.
struct Dangling {
  enum HowType {
    Returned,
    Stored, // in what outlives the function
    Used,   // after the end of its owner
  };
  HowType How = Used;
  /// The return, the store, the use.
  const clang::Stmt *Where = nullptr;
  /// Returned, Stored: the value that leaves; Used: the operand.
  const clang::Expr *Value = nullptr;
  /// Stored: the member, parameter or variable that keeps it.
  const clang::ValueDecl *Keeper = nullptr;
  /// What ended the owner; null for the end of its scope or statement.
  const clang::Stmt *End = nullptr;
  /// The owner has ended where \p Where stands.
  bool IsPast = false;
  /// The call that need not copy, but may.
  const clang::CallExpr *MayCopy = nullptr;
};

class BorrowPaths {
public:
  explicit BorrowPaths(ControlFlowGraphs &Graphs) : Graphs(Graphs) {}

  /// The first place on some path of \p Body, a function or the call operator of a lambda, where
  /// \p Value outlives its owner.
  std::optional<Dangling> follow(const Borrow &Value, const clang::FunctionDecl *Body) const;

private:
  ControlFlowGraphs &Graphs;
};

/// What was stored may be read: not a private member that no other function in view than \p Body
/// reads, which gives it a new value each time. True for what is not stored.
bool isReadLater(const Dangling &Found, const clang::FunctionDecl *Body, const ProjectIndex &Index);

} // namespace torchtidy

#endif
