// Tensor members that are part of a model's state although nothing registers them.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORMEMBERS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORMEMBERS_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// A tensor member, or a container of tensors, that the constructors fill and forward uses: what a
/// parameter or buffer would be.
struct UnregisteredState {
  Registrations::Store Given;                     // where it first gets its value
  llvm::SmallVector<const clang::Expr *, 2> Also; // and others that a constructor gives it
  bool IsOnlyValue = false;                       // and nothing else gives it one
  bool WantsGrad = false;                         // made to be trained
  bool IsMovedByHand = false;                     // `m = m.to(device)` stands somewhere
};

/// \p Value is somebody else's tensor, or made of it: another module's weight, also through a
/// local, a view or an accessor, a registered member, what the caller handed in.
bool isAliasOfRegistered(const clang::Expr *Value, ModuleModel &Model);

/// What stands for a tensor until there is one: `Tensor()`, `{}`, `torch::empty({0})`.
bool isNoTensor(const clang::Expr *Value);

/// \p Field taken as such a member of \p Class; nothing for what is registered, set anew at each
/// step, handed in from outside, never read by a function of \p Forward, or a table of constants
/// that is only looked up on the host.
std::optional<UnregisteredState> unregisteredState(const clang::FieldDecl *Field,
                                                   const clang::CXXRecordDecl *Class,
                                                   const Reach &Forward, ModuleModel &Model);

} // namespace torchtidy

#endif
