// Questions about the paths through one function, asked of clang::CFG.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_FUNCTIONPATHS_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_FUNCTIONPATHS_H

#include "model/Clang.h"
#include <memory>
#include <optional>

namespace torchtidy {

using StmtPredicate = llvm::function_ref<bool(const clang::Stmt *)>;

/// True for a throw, for the call of a function in view that always throws, and for a temporary
/// whose destructor never returns: `LOG(FATAL) << "…"`.
bool endsPath(const clang::Stmt *S);

/// The control flow of one function body, expressions included. Lambda bodies are functions of
/// their own and not part of it.
class FunctionPaths {
public:
  clang::CFG &graph() const { return *Graph; }
  /// The block of a statement and its index there; nothing when it is not in the graph.
  using Place = std::pair<const clang::CFGBlock *, size_t>;
  std::optional<Place> placeOf(const clang::Stmt *S) const;

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
  friend class ControlFlowGraphs;
  static std::unique_ptr<FunctionPaths> build(const clang::FunctionDecl &Function,
                                              clang::ASTContext &Context);
  void walk(const clang::Stmt *From,
            llvm::function_ref<bool(const clang::Stmt *)> Step, // true: go no further on this path
            llvm::function_ref<void(const clang::CFGBlock *)> Leave) const;

  std::unique_ptr<clang::CFG> Graph;
  mutable llvm::DenseMap<const clang::Stmt *, Place> Places; // made at the first question
};

/// The control flow of the functions of one AST, each built once: a graph costs more than what is
/// asked of it.
class ControlFlowGraphs {
public:
  explicit ControlFlowGraphs(clang::ASTContext &Context) : Context(Context) {}

  clang::ASTContext &context() const { return Context; }
  /// Null when clang cannot build a graph (no body, dependent code).
  const FunctionPaths *of(const clang::FunctionDecl *Function);

private:
  clang::ASTContext &Context;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<FunctionPaths>> Graphs;
};

} // namespace torchtidy

#endif
