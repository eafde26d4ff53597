// Sizes along the code that runs layers: `x = fc2(torch::relu(fc1(x)))`.
#ifndef TORCHTIDY_CHECKS_MODEL_LAYERS_FORWARDSIZES_H
#define TORCHTIDY_CHECKS_MODEL_LAYERS_FORWARDSIZES_H

#include "model/facts/ProjectIndex.h"
#include "model/layers/BuiltLayers.h"

namespace torchtidy {

/// A layer that is run on what it throws on.
struct SizeMismatch {
  const clang::CallExpr *Run;
  BuiltLayer Taker; // whose In
  int64_t Given;    // is not this
  // what gives it: another run, `x.view({-1, 320})`
  const clang::CallExpr *Giver;
  BuiltLayer Source; // Unknown for a view
};

/// Calls \p Visit for those in \p Function. A size is known from the layers' constants, where all
/// that is stored in a name in view agrees, and from one call to the next within an expression or
/// a local variable that nothing in between may change.
void forEachSizeMismatch(const clang::FunctionDecl *Function,
                         llvm::function_ref<const ProjectIndex &()> Index,
                         clang::ASTContext &Context,
                         llvm::function_ref<void(const SizeMismatch &)> Visit);

} // namespace torchtidy

#endif
