// Loops that are to carry weights over from one model to another.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_TARGETUPDATES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_TARGETUPDATES_H

#include "model/Clang.h"

namespace torchtidy {

struct TargetUpdate {
  const clang::Expr *Write = nullptr; // of a gradient
};

/// Calls \p Visit where \p Function calls itself an update of a target by its names, goes through
/// the parameters of two models, and writes gradients alone.
void forEachGradientUpdate(const clang::FunctionDecl *Function,
                           llvm::function_ref<void(const TargetUpdate &)> Visit);

} // namespace torchtidy

#endif
