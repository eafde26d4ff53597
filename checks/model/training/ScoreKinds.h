// What the numbers of a tensor are to a loss: scores as a layer gives them, probabilities, or the
// logarithms of those.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_SCOREKINDS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_SCOREKINDS_H

#include "model/facts/ProjectIndex.h"
#include "model/facts/Registrations.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

enum class Scores : uint8_t {
  Unknown,
  Raw,     // of a linear layer or a convolution, of any size
  Sigmoid, // each between 0 and 1
  Softmax, // between 0 and 1, and together 1
  Log,     // of a softmax or a sigmoid
};

struct ScoreKind {
  Scores Is = Scores::Unknown;
  const clang::Expr *By = nullptr; // the call that gives them, or what builds the layer that does
  explicit operator bool() const { return Is != Scores::Unknown; }
};

/// Answers for one translation unit, and only what all values that may come there agree on: through
/// locals, changes of shape, functions in view, the forward of modules in view, and the last layer
/// of a Sequential that is filled in view.
class ScoreKinds {
public:
  ScoreKinds(ControlFlowGraphs &Graphs, const ProjectIndex &Index, const Registrations &Regs)
      : Graphs(Graphs), Index(Index), Regs(Regs) {}

  ScoreKind of(const clang::Expr *E) {
    Steps = 0;
    return read(E);
  }

private:
  ScoreKind read(const clang::Expr *E);
  ScoreKind ofVariable(const clang::VarDecl *Variable, const clang::Expr *At);
  ScoreKind ofCall(const clang::CallExpr *Call);
  ScoreKind ofModel(const clang::Expr *Model, const clang::CallExpr *Run);
  ScoreKind ofLayer(const clang::CXXRecordDecl *Layer, const clang::Expr *By) const;
  ScoreKind ofElements(llvm::ArrayRef<const clang::Expr *> Layers) const;
  bool isFilledBefore(const clang::ValueDecl *Container, const clang::CallExpr *Run) const;
  ScoreKind ofFunction(const clang::FunctionDecl *Function);
  ScoreKind agreed(llvm::ArrayRef<const clang::Expr *> Values);

  ControlFlowGraphs &Graphs;
  const ProjectIndex &Index;
  const Registrations &Regs;
  llvm::SmallVector<const clang::Stmt *, 8> Active; // asked about on the way here
  unsigned Steps = 0;                               // of one answer
};

} // namespace torchtidy

#endif
