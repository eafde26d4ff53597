// Loops of every kind as one thing.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_LOOPS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_LOOPS_H

#include "model/Clang.h"

namespace torchtidy {

/// `for`, range-based too, `while` and `do`; false for null.
bool isLoop(const clang::Stmt *S);

/// What \p Loop does in each round, without its condition and its step.
const clang::Stmt *loopBody(const clang::Stmt *Loop);

} // namespace torchtidy

#endif
