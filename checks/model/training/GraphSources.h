// Where the graph that a tensor certainly carries comes from: the run of a model with parameters,
// or a leaf that requires grad. The reverse of "may have a graph" (TensorGraphs): unknown is none.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHSOURCES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_GRAPHSOURCES_H

#include "model/facts/ProjectIndex.h"
#include "model/torch/ModelRuns.h"

namespace torchtidy {

struct GraphSource {
  const clang::Expr *At = nullptr; // the run, or what makes the leaf
  bool IsLeaf = false;             // the value asked about is that leaf itself: it has no history
  explicit operator bool() const { return At; }
};

/// No gradient goes through the result of \p Call: `x.detach()`, `x.argmax(1)`, `x > 0`,
/// `std::get<1>(x.max(1))`, `x.to(torch::kLong)`.
bool endsGraph(const clang::CallExpr *Call);

class GraphSources {
public:
  GraphSources(const ProjectIndex &Index, clang::ASTContext &Context);

  /// Assumes that gradients are recorded, but for guards around the source and the operations.
  GraphSource of(const clang::Expr *E) { return of(E, 0); }

  /// `requires_grad_()`, `torch::requires_grad()` among the options: a leaf by the way it is made.
  static const clang::CallExpr *asksForGrad(const clang::Expr *E);

  /// The part \p Part of \p Tuple holds positions: `std::get<1>(torch::sort(x))`.
  static bool isIndexPart(const clang::Expr *Tuple, unsigned Part);

  /// The code in view turns gradients of parameters off somewhere: runs are no witness then.
  bool parametersMayBeFrozen() const { return MayBeFrozen; }

private:
  GraphSource of(const clang::Expr *E, unsigned Depth);
  GraphSource ofVariable(const clang::ValueDecl *D, unsigned Depth);
  GraphSource ofCall(const clang::CallExpr *Call, unsigned Depth);
  GraphSource ofResult(const clang::CallExpr *Call, const clang::FunctionDecl *Definition,
                       unsigned Depth);
  GraphSource ofAny(llvm::ArrayRef<const clang::Expr *> Parts, unsigned Depth);
  const clang::CallExpr *madeLeafBefore(const clang::DeclRefExpr *Ref);
  bool isCutLoose(const clang::VarDecl *Variable);

  const ProjectIndex &Index;
  clang::ASTContext &Context;
  bool MayBeFrozen = false;
  llvm::SmallVector<const clang::Decl *, 8> Active; // asked about on the way here
  llvm::SmallVector<std::pair<const clang::ParmVarDecl *, const clang::Expr *>, 8> Bound;
};

} // namespace torchtidy

#endif
