// Modules that several threads run at once while their forward writes.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_SHAREDRUNS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_SHAREDRUNS_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

struct SharedRun {
  const clang::CallExpr *Run;         // in the thread's code
  const clang::ValueDecl *Model;      // named outside of it
  const clang::Stmt *Start;           // what starts the threads
  const clang::Stmt *Write = nullptr; // in forward; null where it is statistics that are written
  const clang::FieldDecl *Field = nullptr;
  llvm::StringRef Layer = {}; // "BatchNorm2d"
};

/// Calls \p Visit for the runs in threads that \p Function starts in a loop, or twice. Silent where
/// anything locks, where the model is made for each thread, and, for statistics, where anything in
/// view changes a mode.
void forEachSharedRun(const clang::FunctionDecl *Function,
                      llvm::function_ref<const ProjectIndex &()> Index, clang::ASTContext &Context,
                      llvm::function_ref<void(const SharedRun &)> Visit);

} // namespace torchtidy

#endif
