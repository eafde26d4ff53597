// Which runs of models a value is certainly computed from where it stands, followed through what
// the names have there.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHRUNS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHRUNS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"
#include "model/training/GraphSources.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"

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
  /// Elements of what a run returns, of a tuple or a list: two of them may share nothing.
  using Parts = llvm::SmallSet<unsigned, 2>;
  static constexpr unsigned Whole = ~0U, AnyPart = ~0U - 1;
  struct Graph {
    Calls Runs; // on every path to the place
    llvm::SmallVector<Carried, 2> CarriedOver;
    llvm::DenseMap<const clang::CallExpr *, Parts> Of; // each run

    void add(const clang::CallExpr *Run, unsigned Part);
    void addAll(const clang::CallExpr *Run, const Graph &Other);
    /// Leaves what both certainly go through.
    void keepCommon(const Graph &Other);
    /// Both certainly go through what \p Run recorded for the same part.
    bool shares(const clang::CallExpr *Run, const Graph &Other) const;
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
    unsigned Part = Whole;               // 1: `state` of `auto [output, state] = …`
  };

  void addDefinitions(const clang::Stmt *S);
  bool isRenewed(const clang::Stmt *S, const clang::ValueDecl *D) const;
  bool isFollowed(const clang::ValueDecl *D) const;
  void add(const clang::Expr *E, Graph &Into);
  void addCall(const clang::CallExpr *Call, Graph &Into);
  void addName(const clang::DeclRefExpr *Ref, Graph &Into);
  void addPart(const clang::Expr *E, unsigned Taken, Graph &Into);
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
  unsigned Part = Whole; // of the value that is looked at
};

} // namespace torchtidy

#endif
