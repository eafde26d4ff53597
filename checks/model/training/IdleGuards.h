// Guards that turn gradients off nowhere, or not where they were meant to.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_IDLEGUARDS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_IDLEGUARDS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

struct IdleGuard {
  enum Kind {
    Temporary, // `torch::NoGradGuard();`
    Function,  // `torch::NoGradGuard guard();`
    Last,      // `if (!training) { torch::NoGradGuard guard; }`
    StaysOff,  // `GradMode::set_enabled(false)` that some path does not take back
    Thread,    // the work is done in a thread, which does not inherit the mode
  } Is;
  clang::SourceRange At;
  const clang::NamedDecl *Class = nullptr;       // Temporary, Function, Last: of the guard
  const clang::FunctionDecl *Declared = nullptr; // Function
  const clang::Stmt *Guard = nullptr;            // StaysOff, Thread: what turns gradients off
  const clang::Stmt *Leaves = nullptr;           // StaysOff: the return or throw in between
  const clang::Stmt *Start = nullptr;            // Thread: what starts it
  const clang::LambdaExpr *Body = nullptr;       // Thread: its code, where it is a lambda
};

void forEachIdleGuard(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                      llvm::function_ref<const ProjectIndex &()> Index,
                      llvm::function_ref<void(const IdleGuard &)> Visit);

} // namespace torchtidy

#endif
