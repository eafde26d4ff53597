// Questions about the paths through one function, asked of clang::CFG.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_FUNCTIONPATHS_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_FUNCTIONPATHS_H

#include "model/Clang.h"
#include <memory>

namespace torchtidy {

using StmtPredicate = llvm::function_ref<bool(const clang::Stmt *)>;

/// The control flow of one function body, expressions included. Lambda bodies are functions of
/// their own and not part of it.
class FunctionPaths {
public:
  /// Null when clang cannot build a graph (no body, dependent code).
  static std::unique_ptr<FunctionPaths> build(const clang::FunctionDecl &Function,
                                              clang::ASTContext &Context);

  /// A statement that satisfies \p Wanted on some path that starts right after \p From; paths end
  /// at statements that satisfy \p Stop. Null when there is none, or when \p From is not in the
  /// graph.
  const clang::Stmt *findAfter(const clang::Stmt *From, StmtPredicate Wanted,
                               StmtPredicate Stop) const;

  /// How control leaves the function on some path from \p From that meets no \p Stop.
  struct Exit {
    bool Reached = false;
    const clang::Stmt *Return = nullptr; // null: the end of the body
  };
  /// Paths that end in a throw or in a function that never returns do not count.
  Exit exitAfter(const clang::Stmt *From, StmtPredicate Stop) const;

private:
  using Place = std::pair<const clang::CFGBlock *, size_t>;
  void walk(const clang::Stmt *From,
            llvm::function_ref<bool(const clang::Stmt *)> Step, // true: go no further on this path
            llvm::function_ref<void(const clang::CFGBlock *)> Leave) const;

  std::unique_ptr<clang::CFG> Graph;
  llvm::DenseMap<const clang::Stmt *, Place> Places;
};

} // namespace torchtidy

#endif
