// Names that take up, round for round, values with their graphs, which nothing runs backward
// through.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_RETAINEDGRAPHS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_RETAINEDGRAPHS_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

struct RetainedGraph {
  enum Kind {
    Summed,  // `total += loss`
    Stored,  // `outputs.push_back(net(x))`
    FedBack, // `state = cell(x, state)`
  } Is;
  const clang::Expr *At = nullptr;
  const clang::Expr *Value = nullptr; // what is taken up
  const clang::ValueDecl *Keeper = nullptr;
  const clang::Expr *Source = nullptr; // the run, or what makes the leaf
  bool IsReturned = false;             // the keeper goes to callers, all in view
};

void forEachRetainedGraph(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                          llvm::function_ref<const ProjectIndex &()> Index,
                          llvm::function_ref<void(const RetainedGraph &)> Visit);

} // namespace torchtidy

#endif
