// The edits that register what a member is given. Registering adds keys to the archives of a class.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_REGISTRATIONFIX_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_REGISTRATIONFIX_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

struct RegistrationFix {
  std::string Name; // the new key: "fc"; "layers_0" stands for all of a container
  llvm::SmallVector<clang::FixItHint, 4> Edits;

  explicit operator bool() const { return !Edits.empty(); }
};

/// Wraps what \p Store gives \p Field in `Function("name", …)`; empty when the code is not one that
/// can be edited safely: the call would not compile, or would run twice on one object.
RegistrationFix wrapInRegistration(const clang::FieldDecl *Field, const Registrations::Store &Store,
                                   llvm::StringRef Function, ModuleModel &Model);

/// Wraps each of \p Elements, what is pushed into the vector, deque or list \p Field; empty unless
/// all that need it can be.
RegistrationFix registerPushed(const clang::FieldDecl *Field,
                               llvm::ArrayRef<Registrations::Store> Elements, ModuleModel &Model);

/// \p Store is written out: torch::nn::Dropout drop; declares a module that is constructed although
/// nobody spells it.
bool isSpelledOut(const Registrations::Store &Store);

} // namespace torchtidy

#endif
