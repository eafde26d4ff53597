// Code that changes a module: its mode, its tensors, its members. Running, listing and saving it
// leave it as it is.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_MODULECHANGES_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_MODULECHANGES_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

enum class ModuleChange {
  Mode,    // train(), eval()
  Tensors, // what handles share: weights, gradients, dtype, children
  Object,  // the module object alone: a data member, a registration
};

/// What \p S does to the module that \p Module names, `this` for null, or to a part of it. \p S is
/// the call or assignment itself: of a larger expression nothing is asked. Functions of the project
/// are looked into; what is out of view changes nothing.
std::optional<ModuleChange> moduleChange(const clang::Stmt *S, const clang::ValueDecl *Module,
                                         clang::ASTContext &Context);

/// The first change under \p Root that \p Counts.
struct FoundChange {
  const clang::Stmt *At = nullptr;
  ModuleChange Is = ModuleChange::Mode;
  explicit operator bool() const { return At; }
};
FoundChange changeIn(const clang::Stmt *Root, const clang::ValueDecl *Module,
                     clang::ASTContext &Context, llvm::function_ref<bool(ModuleChange)> Counts);

} // namespace torchtidy

#endif
