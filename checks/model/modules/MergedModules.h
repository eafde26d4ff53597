// Holders and pointers of two networks that an assignment makes one: `target = policy;`.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_MERGEDMODULES_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_MERGEDMODULES_H

#include "model/facts/Registrations.h"

namespace torchtidy {

struct MergedModule {
  const clang::Expr *Assignment = nullptr;
  const clang::ValueDecl *Target = nullptr; // a member or local, as is Source
  const clang::ValueDecl *Source = nullptr;
  const clang::Expr *Built = nullptr; // what Target is before
};

/// Calls \p Visit for each assignment in \p Function of one module of a class to another that the
/// code built as a network of its own, where the former is given no other value by an assignment:
/// two that take turns are meant so.
void forEachMergedModule(const clang::FunctionDecl *Function, const Registrations &Regs,
                         llvm::function_ref<void(const MergedModule &)> Visit);

} // namespace torchtidy

#endif
