// Losses that are given scores of another kind than they work on.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_LOSSINPUTS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_LOSSINPUTS_H

#include "model/training/ScoreKinds.h"

namespace torchtidy {

struct LossInput {
  enum Kind {
    SquashedTwice,      // probabilities, where the loss makes them itself
    NoLogarithms,       // probabilities, where it wants their logarithms
    Unbounded,          // raw scores, where it wants logarithms
    OutsideProbability, // raw scores or logarithms, where it wants probabilities
  } Is;
  const clang::CallExpr *Loss = nullptr;
  bool IsSigmoid = false; // what the loss makes of its scores itself; else a softmax
  const clang::Expr *Input = nullptr;
  ScoreKind Given;
};

/// Calls \p Visit with each in \p Function, by a function or a module of LibTorch. \p Kinds is
/// asked for where there is a loss.
void forEachLossInput(const clang::FunctionDecl *Function, llvm::function_ref<ScoreKinds &()> Kinds,
                      llvm::function_ref<const ProjectIndex &()> Index,
                      llvm::function_ref<void(const LossInput &)> Visit);

} // namespace torchtidy

#endif
