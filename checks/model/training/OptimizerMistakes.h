// Optimizers that are not given the tensors they are meant to change.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_OPTIMIZERMISTAKES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_OPTIMIZERMISTAKES_H

#include "model/facts/Registrations.h"
#include "model/paths/FunctionPaths.h"
#include "model/training/ParameterLists.h"

namespace torchtidy {

struct OptimizerMistake {
  enum Kind {
    OwnOnly, // `parameters(false)` of a module with children
    Nothing, // the module registers none
    Twice,   // the same tensors once more
    Late,    // the module gets others afterwards
    NonLeaf, // the result of an operation
    NoState, // Adagrad is given more than it was made with
  } Is;
  const clang::Expr *At = nullptr;
  const clang::Expr *Module = nullptr;         // or the tensor
  const clang::CXXRecordDecl *Class = nullptr; // Nothing
  const clang::Expr *Other =
      nullptr; // Twice: the first time; Late: what changes; NonLeaf: its graph
};

void forEachOptimizerMistake(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                             llvm::function_ref<const ProjectIndex &()> Index,
                             llvm::function_ref<const Registrations &()> Registered,
                             llvm::function_ref<void(const OptimizerMistake &)> Visit);

} // namespace torchtidy

#endif
