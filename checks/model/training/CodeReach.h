// Does some code, with all that it calls, do a certain thing?
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_CODEREACH_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_CODEREACH_H

#include "model/Clang.h"

namespace torchtidy {

/// What functions of neither the project nor LibTorch nor the standard library are taken for.
enum class OtherLibraries {
  Unknown, // they may do anything
  Trusted, // they know nothing of LibTorch
};

/// Some call at or under \p Code, or of a function in view that it calls, satisfies \p Test, or is
/// of a function out of view, by a pointer, or virtual. Models that are run do not, and the
/// closures of optimizers are not entered unless they stand in the code.
bool mayReach(const clang::Stmt *Code, const clang::ASTContext &Context,
              llvm::function_ref<bool(const clang::CallExpr *)> Test, OtherLibraries Others);

} // namespace torchtidy

#endif
