// What starts a thread, and the code that it runs.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_THREADSTARTS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_THREADSTARTS_H

#include "model/Clang.h"

namespace torchtidy {

/// What a new thread is given to run, with its arguments: of `std::thread(f, x)`,
/// `threads.emplace_back(f, x)`, `std::async(f, x)`; empty where \p S starts none.
llvm::ArrayRef<const clang::Expr *> threadStart(const clang::Stmt *S);

/// The code that the callable among \p Arguments runs.
struct ThreadBody {
  llvm::SmallVector<const clang::FunctionDecl *, 2> Functions;
  const clang::LambdaExpr *Lambda = nullptr;
};
ThreadBody threadBodyOf(llvm::ArrayRef<const clang::Expr *> Arguments);

} // namespace torchtidy

#endif
