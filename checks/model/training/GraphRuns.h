// Which runs of models a value is certainly computed from where it stands, followed through what
// the names have there.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHRUNS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHRUNS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"
#include "model/training/GraphSources.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace torchtidy {

/// Answers for one function.
class GraphRuns {
public:
  /// The calls that made a graph: runs of models with parameters, and functions in view that run
  /// one.
  using Calls = llvm::SmallSetVector<const clang::CallExpr *, 4>;
  /// A run that takes, by \p By, what it gave in the round before.
  struct Carried {
    const clang::CallExpr *Run;
    const clang::DeclRefExpr *By;
  };
  struct Graph {
    Calls Runs; // on every path to the place
    llvm::SmallVector<Carried, 2> CarriedOver;
  };

  GraphRuns(const clang::FunctionDecl *Function, const FunctionPaths &Paths,
            const ProjectIndex &Index, GraphSources &Sources);

  /// The graph of \p E where it stands; empty where that is not certain.
  Graph of(const clang::Expr *E);

private:
  /// A value that a local is given, and where.
  struct Definition {
    const clang::Stmt *At;
    const clang::Expr *Value;
    const clang::Expr *Before = nullptr; // `total` of `total += loss`
  };

  void addDefinitions(const clang::Stmt *S);
  bool isRenewed(const clang::Stmt *S, const clang::ValueDecl *D) const;
  bool isFollowed(const clang::ValueDecl *D) const;
  void add(const clang::Expr *E, Graph &Into);
  void addCall(const clang::CallExpr *Call, Graph &Into);
  void addName(const clang::DeclRefExpr *Ref, Graph &Into);
  bool isOnlyOneInLoop(const clang::DeclRefExpr *Ref, const Definition &Taken,
                       llvm::ArrayRef<Definition> All) const;

  const clang::FunctionDecl *Function;
  const FunctionPaths &Paths;
  const ProjectIndex &Index;
  GraphSources &Sources;
  clang::ASTContext &Context;
  llvm::MapVector<const clang::ValueDecl *, llvm::SmallVector<Definition, 2>> Definitions;
  llvm::SmallVector<const clang::Stmt *, 8> Active; // definitions on the way to the value
  llvm::DenseMap<const clang::Stmt *, Calls> Known; // what definitions gave
  llvm::SmallVector<std::pair<const clang::Stmt *, const clang::DeclRefExpr *>, 2> Loops;
  unsigned InBranch = 0;
};

} // namespace torchtidy

#endif
