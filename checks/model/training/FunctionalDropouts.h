// Functional dropouts whose mode is not the module's: `F::dropout(x)`, `torch::dropout(x, p,
// true)`.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_FUNCTIONALDROPOUTS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_FUNCTIONALDROPOUTS_H

#include "model/training/ModeGuards.h"

namespace torchtidy {

struct FunctionalDropout {
  enum Kind {
    Default, // `F::dropout(x)`: on
    Literal, // `torch::dropout(x, p, true)`, `.training(true)`
    Never,   // `F::alpha_dropout(x)`: off, in training too
  } Is;
  const clang::CallExpr *Call;
  const clang::Expr *Told = nullptr;    // the `true`
  const clang::Expr *Options = nullptr; // the argument; null where it is left out, or is no options
  const clang::VarDecl *Variable = nullptr;         // that the argument names
  llvm::SmallVector<const clang::Expr *, 1> P = {}; // none: 0.5, the default
};

/// \p Call taken as such a dropout; nothing where its options are not all in view, or it is told
/// anything but `true`.
std::optional<FunctionalDropout> asFunctionalDropout(const clang::CallExpr *Call);

/// Calls \p Visit on those that the forward of \p Class runs in eval() too; those that never drop,
/// in either mode.
void forEachFunctionalDropout(
    const clang::CXXRecordDecl *Class, llvm::function_ref<const ProjectIndex &()> Index,
    ControlFlowGraphs &Graphs,
    llvm::function_ref<void(const clang::FunctionDecl *, const FunctionalDropout &)> Visit);

} // namespace torchtidy

#endif
