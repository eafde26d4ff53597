// What is lost when a module is not registered.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_STAKE_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_STAKE_H

#include "model/facts/Registrations.h"
#include "model/torch/Layers.h"

namespace torchtidy {

/// What is at stake for the module that \p Construction builds, or one of class \p Module when it
/// is not in view. What cannot be seen is not at stake.
Stake stakeOf(const clang::CXXRecordDecl *Module, const clang::Expr *Construction,
              const Registrations &Regs);

/// Something that is put into the container that \p Construction builds is registered already: the
/// container as a child would list it twice.
bool holdsRegistered(const clang::Expr *Construction, const Registrations &Regs);

/// \p Value comes from a function in view that registers parts of what it is handed:
/// `add(Block(4))` with `register_module("conv", block.conv)` in add().
bool isRegisteredInParts(const clang::Expr *Value);
/// The same where \p Value names a local whose parts are registered beside it:
/// `register_module("conv", block->conv); blocks.push_back(block);`
bool isRegisteredInParts(const clang::Expr *Value, const Registrations &Regs);

} // namespace torchtidy

#endif
